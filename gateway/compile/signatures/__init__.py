"""Signed requests: the grammar of signature schemes compiled to what verifies and what signs."""

from gateway.compile.signatures.kinds import Key
from gateway.compile.signatures.outcomes import (
    BadScheme,
    BadSecret,
    CannotSign,
    Mistake,
    Outcome,
)
from gateway.compile.signatures.presets import PRESETS, Sender
from gateway.compile.signatures.scheme import CompiledScheme, Coverage, compile_scheme

__all__ = [
    "PRESETS",
    "BadScheme",
    "BadSecret",
    "CannotSign",
    "CompiledScheme",
    "Coverage",
    "Key",
    "Mistake",
    "Outcome",
    "Sender",
    "compile_scheme",
]

"""Signed requests: the grammar of signature schemes compiled to what verifies and what signs."""

from gateway.compile.signatures.kinds import Key
from gateway.compile.signatures.outcomes import (
    BadScheme,
    BadSecret,
    CannotSign,
    Outcome,
)
from gateway.compile.signatures.scheme import CompiledScheme, Signed, compile_scheme

__all__ = [
    "BadScheme",
    "BadSecret",
    "CannotSign",
    "CompiledScheme",
    "Key",
    "Outcome",
    "Signed",
    "compile_scheme",
]

"""Signed requests: the grammar of signature schemes compiled to what verifies and what signs."""

from gateway.compile.signatures.kinds import Key, SigningKey
from gateway.compile.signatures.layout import Signed
from gateway.compile.signatures.outcomes import (
    BadScheme,
    BadSecret,
    CannotSign,
    Outcome,
)
from gateway.compile.signatures.scheme import (
    CompiledScheme,
    compile_scheme,
    compile_signer,
)
from gateway.compile.signatures.signer import Signer
from gateway.compile.signatures.verifier import Verifier

__all__ = [
    "BadScheme",
    "BadSecret",
    "CannotSign",
    "CompiledScheme",
    "Key",
    "Outcome",
    "Signed",
    "Signer",
    "SigningKey",
    "Verifier",
    "compile_scheme",
    "compile_signer",
]

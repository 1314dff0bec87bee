"""Why a token opens nothing: for the log alone, never for the caller."""

from __future__ import annotations

from typing import Literal

import jwt
from jwt.exceptions import InvalidJTIError, InvalidSubjectError

Outcome = Literal[
    "token-malformed",
    "algorithm-refused",
    "key-unknown",
    "signature-wrong",
    "token-expired",
    "token-early",
    "issuer-wrong",
    "audience-wrong",
    "claim-missing",
    "claim-refused",
]


class Untrusted(Exception):  # noqa: N818
    """The token opens nothing. `reason` names the claim that is wrong, if one is, and no value."""

    def __init__(self, outcome: Outcome, reason: str = "") -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome
        self.reason = reason


class BadDate(jwt.DecodeError):
    """A claim that must be a NumericDate is something else."""


_ERRORS: dict[type[Exception], tuple[Outcome, str]] = {
    jwt.ExpiredSignatureError: ("token-expired", "The time in the claim 'exp' has passed."),
    jwt.InvalidIssuerError: ("issuer-wrong", "The claim 'iss' is not the hook's issuer."),
    jwt.InvalidAudienceError: ("audience-wrong", "The claim 'aud' has no audience of the hook."),
    InvalidSubjectError: ("token-malformed", "The claim 'sub' is not text."),
    InvalidJTIError: ("token-malformed", "The claim 'jti' is not text."),
}


def untrusted(error: Exception) -> Untrusted:
    """What PyJWT found, in our words: its own may quote the token."""
    if isinstance(error, jwt.MissingRequiredClaimError):
        return Untrusted("claim-missing", f"The claim {error.claim!r} is missing.")
    if isinstance(error, BadDate):
        return Untrusted("token-malformed", str(error))
    if isinstance(error, jwt.ImmatureSignatureError):
        claim = "iat" if "(iat)" in str(error) else "nbf"
        return Untrusted("token-early", f"The time in the claim '{claim}' is in the future.")
    return Untrusted(*_ERRORS.get(type(error), ("token-malformed", "")))

"""What can be wrong with a signed request, with a secret, or with a scheme."""

from __future__ import annotations

from typing import Literal

Outcome = Literal[
    "signature-missing",
    "signature-repeated",
    "signature-too-long",
    "signature-malformed",
    "signature-wrong",
    "timestamp-missing",
    "timestamp-repeated",
    "timestamp-malformed",
    "timestamp-outside",
    "id-missing",
    "id-repeated",
    "id-malformed",
    "body-malformed",
    "body-unsigned",
    "body-digest-wrong",
    "url-ambiguous",
]
"""Why a request was not verified: for the log alone, never for the caller."""


class Unverified(Exception):  # noqa: N818
    """The request is not proven to come from its sender."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome


class BadSecret(ValueError):  # noqa: N818
    """The operator must change a secret: it cannot be a key of the scheme.

    The sentence says what is wrong and never holds the secret or a part of it.
    """


class CannotSign(ValueError):  # noqa: N818
    """The secret can verify signatures of the scheme, but not make them; the sentence says why."""


class BadScheme(ValueError):  # noqa: N818
    """The author must change the scheme; validation would have said so, with places."""

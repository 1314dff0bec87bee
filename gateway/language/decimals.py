"""Numbers of JSON as exact decimals, as far as a double reaches."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import isinf

_LARGE = 308
"""The decimal exponent from which on a number may be beyond a double."""


def exact_decimal(text: str) -> Decimal | None:
    """The number that a text of JSON's grammar says; None for one that is beyond a double.

    Nothing is expanded: `1e-999999` stays a digit and an exponent, and is compared as such.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent of more than 18 digits
        return None
    return None if value.adjusted() >= _LARGE and isinf(float(text)) else value

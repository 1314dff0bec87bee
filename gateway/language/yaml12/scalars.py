"""What a plain scalar is: the core schema of YAML 1.2 (section 10.3.2), with one exception.

Digits after a leading zero are text, so that neither a file mode nor a postal code is mistaken
for a number. `no`, `on`, `12:30` and `2026-01-01` are text, as YAML 1.2 has it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from gateway.language.decimals import exact_decimal
from gateway.language.issued import masked
from gateway.language.literals import decimal, integer

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**64 - 1
"""What JSON decoders commonly read into 64 bits; beyond it digits are lost on the way."""

_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"0x": 16, "0o": 8}
_STARTS = frozenset("-+.0123456789")


def resolve(text: str) -> Any:
    """The value of a plain scalar. Raises ValueError, with a sentence, for a number JSON lacks."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _decimal(text)
    if _NO_NUMBER.fullmatch(text):
        raise ValueError(f"{text} is not a JSON number")
    return text


def _integer(text: str) -> int:
    # Python refuses to convert very many digits with an error of its own.
    value = int(text, _BASES.get(text[:2], 10)) if len(text) <= 32 else None
    if value is None or not MIN_INTEGER <= value <= MAX_INTEGER:
        raise ValueError(f"{shortened(text)} does not fit into 64 bits")
    return integer(value, text)


def _decimal(text: str) -> Decimal:
    value = exact_decimal(text)
    if value is None:
        raise ValueError(f"{shortened(text)} is too large")
    return decimal(value, text)


def shortened(text: str, most: int = 40) -> str:
    """The text itself, or its beginning and an ellipsis; never a part of a credential."""
    text = masked(text)
    return text if len(text) <= most else text[: most - 1] + "…"

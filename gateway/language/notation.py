"""What an author wrote, as one line of text: equal for what is written alike."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.language.literals import ConstantLiteral, DecimalLiteral, IntegerLiteral
from gateway.language.spec import Elements


def notation(value: Any) -> str:
    """Compact JSON, but for literals such as `1e3` and `~`, which stand there as they were written.

    It tells apart what Python holds for equal: `1`, `1.0` and `true`, and `1.1` and `1.10`. What
    was read in another process may have its defaults written out.
    """
    return _encode(value).decode()


def canonical(value: Any) -> bytes:
    """The same with the members of each mapping in order: equal in every process and version that
    has the same keys.
    """
    return _encode_in_order(value)


def _as_written(value: Any) -> Any:
    match value:
        case Elements():
            return value.rule
        case IntegerLiteral() | DecimalLiteral() | ConstantLiteral():
            return msgspec.Raw((value.text or "null").encode())
    raise NotImplementedError(type(value))


_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=_as_written).encode
_encode_in_order = msgspec.json.Encoder(
    decimal_format="number", enc_hook=_as_written, order="sorted"
).encode

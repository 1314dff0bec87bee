"""The body of a request as its sender would write it, where `receive` reads it in another form."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from gateway.compile.body import Received, decode_body
from gateway.compile.forms import encode_form, flatten
from gateway.compile.multipart_form import Part, encode_multipart
from gateway.compile.payload import FORM, JSON
from gateway.compile.receiving.rewriting import Rewriting
from gateway.language.literals import encode_json
from gateway.language.spec import Receive
from gateway.language.values import Path, parse_path

TEXT = "text/plain; charset=utf-8"


def written(receive: Receive | UnsetType, value: Any) -> tuple[bytes, str]:
    """A body that is read as the value, and its type."""
    if isinstance(receive, UnsetType):
        return encode_json(value), JSON
    for path in reversed([] if receive.json_in is UNSET else receive.json_in):
        _wrap(value, parse_path(path))
    if receive.as_ == "text":
        return b"example", TEXT
    parameters = value if isinstance(value, dict) else {}
    if receive.field is not UNSET:
        parameters = {receive.field: encode_json(value).decode()}
    if receive.as_ == "multipart":
        fields = flatten(parameters)
        return encode_multipart(Part(name, text.encode()) for name, text in fields)
    if receive.as_ == "form" or receive.field is not UNSET:
        return encode_form(parameters), FORM
    charset = "; charset=utf-8" if receive.charset is not UNSET else ""
    return encode_json(value), JSON + charset


def as_read(receive: Receive | UnsetType, body: bytes, content_type: str) -> Received:
    """The values that rules see of a body. Raises a Refusal."""
    said, read = content_type.encode(), body
    if not isinstance(receive, UnsetType):
        read, typed = Rewriting(receive)(said, body)
        said = typed or b""
        if receive.as_ == "text":
            return Received("text", read.decode())
    return decode_body(said, read)


def _wrap(value: Any, path: Path) -> None:
    """Replace what is at a path by its JSON text; nothing where there is nothing."""
    *above, last = path
    for step in above:
        value = _inside(value, step)
    inner = _inside(value, last)
    if inner is not None and isinstance(value, (dict, list)):
        text = encode_json(inner).decode()
        value[last if isinstance(value, list) else str(last)] = text  # type: ignore[index]


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(step))
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None

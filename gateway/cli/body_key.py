"""An API key in the body of a curl line: the shell puts it there when the line runs."""

from __future__ import annotations

import shlex
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec
from msgspec import UNSET

from gateway.cli.curl import Call, quoted, word
from gateway.errors import OperatorError
from gateway.language.literals import encode_json
from gateway.language.spec import Hook
from gateway.language.values import Path, parse_path

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_MARK = "the-key-stands-here"


def with_body_key(hook: Hook, call: Call, pointer: str, expansion: str) -> Call:
    """The call with the key at a JSON Pointer of its body. A body from a file has it already."""
    if call.file is not None:
        return call
    path = parse_path(pointer)
    field = "" if hook.receive is UNSET or hook.receive.field is UNSET else hook.receive.field
    if call.content_type == FORM and not field:
        rest = ("-d", quoted(call.body.decode())) if call.body else ()
        data = (*rest, "--data-urlencode", word(f"{path[0]}=", expansion))
    else:
        before, _, after = _marked(call.body or b"{}", path, field).partition(_MARK)
        data = ("-d", word(before, expansion) + shlex.quote(after))
    headers = (*call.headers, ("Content-Type", call.content_type or JSON))
    return msgspec.structs.replace(call, body=None, headers=headers, words=(*call.words, *data))


def _marked(body: bytes, path: Path, field: str) -> str:
    """The body with a mark in the place of the key."""
    text = parse_qs(body.decode()).get(field, ["{}"])[0].encode() if field else body
    value = msgspec.json.decode(text)
    container: Any = value
    try:
        for step in path[:-1]:
            container = container.setdefault(str(step), {})
        container[str(path[-1])] = _MARK
    except (AttributeError, TypeError):
        raise OperatorError("this body has no place for the key; pass one with --body") from None
    marked = encode_json(value).decode()
    return urlencode({field: marked}) if field else marked

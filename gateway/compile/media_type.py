"""What a `Content-Type` says (RFC 9110 section 8.3)."""

from __future__ import annotations

import re

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the grammar's word, not a secret
_TYPE = re.compile(rf"({_TOKEN}/{_TOKEN})[ \t]*")
_PARAMETER = re.compile(rf';[ \t]*(?:({_TOKEN})=({_TOKEN}|"(?:[^"\\]|\\.)*"))?[ \t]*')
MOST_SHOWN = 64
UTF_8 = ("utf-8", "utf8")
_ESCAPED = re.compile(r"\\(.)")


def parse_media_type(value: bytes) -> tuple[str, dict[str, str]] | None:
    """The type in lower case and its parameters; None where it is not one or is ambiguous."""
    text = value.decode("latin-1").strip(" \t")
    head = _TYPE.match(text)
    if head is None:
        return None
    parameters: dict[str, str] = {}
    at = head.end()
    while at < len(text):
        found = _PARAMETER.match(text, at)
        if found is None:
            return None
        at = found.end()
        if found[1] is None:
            continue
        if found[1].lower() in parameters:
            return None
        parameters[found[1].lower()] = _unquoted(found[2])
    return head[1].lower(), parameters


def describe_media_type(value: bytes | None) -> str:
    """A sentence without its full stop, for a body that cannot be read."""
    if value is None:
        return "The body has no Content-Type"
    parsed = parse_media_type(value)
    if parsed is None:
        return "The body's Content-Type is malformed"
    media_type, parameters = parsed
    utf_8 = parameters.get("charset", "utf-8").lower() in UTF_8
    charset = "" if utf_8 else " in a charset other than UTF-8"
    return f"The body was read as {media_type[:MOST_SHOWN]}{charset}"


def _unquoted(value: str) -> str:
    return _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value

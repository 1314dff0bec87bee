"""The chain of hops that a Forwarded header tells (RFC 7239 §4), or that it tells none."""

from __future__ import annotations

import re

MAX_SIZE = 8 * 1024
"""Bytes of one field; longer ones are not parsed."""

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*+"'
_PAIR = re.compile(f"({_NAME})=({_NAME}|{_QUOTED})")
_END = re.compile(r"[\t ]*(?:(?P<comma>,)[\t ]*|$(?!\n))")
_ESCAPE = re.compile(r"\\(.)")


def nodes(field: bytes) -> list[str]:
    """The `for` of each element of one field, in order; empty where an element has none.

    A field that does not follow the grammar has one empty node: whoever wrote a part of it may
    have meant to hide the rest, so nothing of it is believed.
    """
    if len(field) > MAX_SIZE:
        return [""]
    text = field.decode("latin-1").strip("\t ")
    found: list[str] = []
    at: int | None = 0
    while at is not None:
        pairs, at = _element(text, at)
        end = _END.match(text, at)
        if pairs is None or end is None:
            return [""]
        found.append(pairs.get("for", ""))
        at = end.end() if end["comma"] else None
    return found


def _element(text: str, at: int) -> tuple[dict[str, str] | None, int]:
    """The pairs of the element that begins at a place and where it ends; None where one name is
    there twice. Pairs may be missing, their semicolons not.
    """
    pairs: dict[str, str] = {}
    while True:
        if pair := _PAIR.match(text, at):
            name, value = pair[1].lower(), pair[2]
            if name in pairs:
                return None, at
            pairs[name] = _ESCAPE.sub(r"\1", value[1:-1]) if value[0] == '"' else value
            at = pair.end()
        if text[at : at + 1] != ";":
            return pairs, at
        at += 1

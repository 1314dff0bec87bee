"""Members of a JSON body that belong to a signature: where it stands, and when it was made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from gateway.compile import strict_json
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import MALFORMED, MAX_HEADER, MISSING, Part
from gateway.errors import Malformed

Steps = tuple[str, ...]
Member = tuple[Steps, int | str]
"""The way to a member, and its value."""


def steps_of(pointer: str) -> Steps:
    """The steps of a JSON Pointer (RFC 6901), unescaped."""
    return tuple(
        step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")
    )


def document(body: bytes) -> Any:
    """The JSON of a body that no signature covers, with one reading only. Raises Unverified."""
    try:
        return strict_json.decode(body, exact=False)
    except Malformed:
        raise Unverified("body-malformed") from None


def value_at(value: Any, steps: Steps) -> Any:
    """The member of a decoded body. Raises LookupError."""
    for step in steps:
        match value:
            case dict():
                value = value[step]
            case list() if step.isascii() and step.isdecimal():
                value = value[int(step[:10])]
            case _:
                raise KeyError(step)
    return value


def text_at(value: Any, steps: Steps, part: Part) -> bytes:
    """The text of a member; of a timestamp that is a whole number, its digits. Raises
    Unverified.
    """
    try:
        found = value_at(value, steps)
    except LookupError:
        raise Unverified(MISSING[part]) from None
    if type(found) is int and part == "timestamp":
        return b"%d" % found
    if type(found) is not str:
        raise Unverified(MALFORMED[part])
    if not found:
        raise Unverified(MISSING[part])
    if len(found) > MAX_HEADER:
        raise Unverified("signature-too-long")
    return found.encode()


def written(body: bytes, members: Iterable[Member]) -> bytes:
    """A JSON body with members written into it; objects on the way to them are made. Raises
    LookupError, with the JSON Pointer, where the body has no place for one.
    """
    for steps, value in members:
        try:
            whole = msgspec.json.decode(body or b"{}")
            _set(whole, steps, value)
        except (ValueError, LookupError, TypeError):
            raise LookupError("/" + "/".join(steps)) from None
        body = msgspec.json.encode(whole)
    return body


def _set(container: Any, steps: Steps, value: int | str) -> None:
    for step in steps[:-1]:
        if isinstance(container, dict):
            container = container.setdefault(step, {})
        else:
            container = container[int(step)]
    container[int(steps[-1]) if isinstance(container, list) else steps[-1]] = value

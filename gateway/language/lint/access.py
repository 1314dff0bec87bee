"""Who may call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.language.mistake import Mistake
from gateway.language.spec import Hook
from gateway.language.yaml12 import Steps

_ENTRIES = ("users", "tokens", "keys", "secrets")


def public(hook: Hook) -> Iterator[Mistake]:
    """A hook that says nothing about who may call."""
    if hook.authentication is UNSET:
        hint = "write `authentication: none` if anyone may call it"
        yield Mistake("public-hook", ("name",), f"anyone may call '{hook.name}'", hint)


def expired(hook: Hook, now: datetime) -> Iterator[Mistake]:
    """Credentials that are refused already."""
    for steps, entry in _credentials(hook):
        expires = getattr(entry, "expires", UNSET)
        if isinstance(expires, datetime) and expires <= now:
            message = "this credential has expired"
            yield Mistake("expired-credential", (*steps, "expires"), message, "remove it")


def repeated(hook: Hook) -> Iterator[Mistake]:
    """The same credential twice, so that removing one of them changes nothing."""
    first: dict[Any, int] = {}
    for steps, entry in _credentials(hook):
        number = int(steps[-1]) + 1
        earlier = first.setdefault((steps[:-1], _identity(entry)), number)
        if earlier != number:
            message = f"this credential is the same as entry {earlier}"
            hint = "remove one; otherwise revoking one entry later leaves the other"
            yield Mistake("duplicate-credential", steps, message, hint)


def _credentials(hook: Hook) -> Iterator[tuple[Steps, msgspec.Struct]]:
    for key in _ENTRIES:
        for index, entry in enumerate(getattr(hook.authentication, key, None) or ()):
            yield ("authentication", key, index), entry


def _identity(entry: msgspec.Struct) -> bytes:
    lasting = msgspec.structs.replace(entry, expires=UNSET) if hasattr(entry, "expires") else entry
    return msgspec.json.encode(lasting)

"""Handshakes that could never be answered."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from gateway.language.mistake import Mistake
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.handshake import long_form


def check(hook: Hook) -> Iterator[Mistake]:
    """A handshake that its sender signs, on a hook that does not verify that sender."""
    if hook.handshake is UNSET or not (handshake := long_form(hook.handshake)).SIGNED:
        return
    name = str(handshake.__struct_config__.tag)
    authentication = hook.authentication
    if not isinstance(authentication, SignatureAuthentication):
        message = f"{name} signs its handshake, but this hook verifies no signature"
        hint = f"write `authentication` with `type: signature` and `scheme: {name}`"
        yield Mistake("bad-handshake", ("handshake",), message, hint)
    elif isinstance(authentication.scheme, str) and authentication.scheme != name:
        scheme = authentication.scheme
        message = f"{name} signs its handshake, but this hook verifies `scheme: {scheme}`"
        yield Mistake("bad-handshake", ("handshake",), message, f"write `scheme: {name}`")

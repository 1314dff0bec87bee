"""Secrets for trying hooks out: each of the form that what uses it asks for."""

from __future__ import annotations

import os
import secrets as random
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec import UNSET

from gateway.language.inputs import workflow_of
from gateway.language.issued import masked
from gateway.language.references import references
from gateway.language.signed import sender_of
from gateway.language.spec import Hook, JwtAuthentication, SignatureAuthentication
from gateway.language.spec.outgoing import SignatureWorkflowAuthentication

Maker = Callable[[], str]

_BYTES = 48
"""Random bytes of a text: 64 characters, enough for HS512 and for every known sender."""


def make_secrets(hooks: Iterable[Hook], directory: Path) -> Iterator[str]:
    """Make what the hooks refer to and is missing; a sentence for each file."""
    for name, make in sorted(_makers(hooks).items()):
        path = directory / name
        shown = directory / masked(name)
        if os.path.lexists(path):
            continue
        if make is None:
            yield f"{shown} must contain the sender's public key: write it there"
            continue
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(make() + "\n")
        yield f"created {shown}"


def _makers(hooks: Iterable[Hook]) -> dict[str, Maker | None]:
    """What makes each secret, by its name; None for public keys, which only a sender can make."""
    makers: dict[str, Maker | None] = {}
    for hook in hooks:
        for entry, make in chain(_special(hook), _signing(hook)):
            if entry.secret is not UNSET:
                makers.setdefault(entry.secret, make)
        for kind, name in references(hook):
            if kind == "secret":
                makers.setdefault(name, _text)
    return makers


def _special(hook: Hook) -> Iterator[tuple[Any, Maker | None]]:
    """The entries of a hook whose secrets are more than any text."""
    match hook.authentication:
        case SignatureAuthentication() as spec:
            scheme = sender_of(spec.scheme).scheme
            make = _FORMS[scheme.key] if scheme.algorithm == "hmac" else None
            yield from ((entry, make) for entry in spec.secrets)
        case JwtAuthentication(secrets=list(entries), algorithms=algorithms):
            shared = any(name.startswith("HS") for name in algorithms)
            yield from ((entry, _text if shared else None) for entry in entries)


def _signing(hook: Hook) -> Iterator[tuple[Any, Maker | None]]:
    """The secrets with which invocations are signed: there the gateway is the sender."""
    spec = workflow_of(hook).authentication
    if isinstance(spec, SignatureWorkflowAuthentication):
        scheme = sender_of(spec.scheme).scheme
        shared = scheme.algorithm == "hmac"
        make = _FORMS[scheme.key] if shared else partial(_private_key, scheme.algorithm)
        yield from ((entry, make) for entry in spec.secrets)


def _text() -> str:
    return random.token_urlsafe(_BYTES)


def _base64() -> str:
    return b64encode(random.token_bytes(32)).decode()


_FORMS: dict[str, Maker] = {
    "utf8": _text,
    "base64": _base64,
    "hex": lambda: random.token_hex(32),
    "whsec": lambda: f"whsec_{_base64()}",
}


def _private_key(algorithm: str) -> str:
    # With it comes cryptography, which other hooks do without.
    from gateway.cli.private_keys import private_key

    return private_key(algorithm)

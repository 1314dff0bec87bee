"""Rules for tokens that would let the wrong ones in, or none."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import UNSET

from gateway.language.lint.rules import paths
from gateway.language.lint.url import faults
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook, JwtAuthentication
from gateway.language.spec.bounds import LEEWAY


def check(hook: Hook) -> Iterator[Mistake]:
    """Everything that is wrong with a hook's rules for tokens."""
    written = hook.authentication
    if not isinstance(written, JwtAuthentication):
        return
    yield from _algorithms(written)
    if not LEEWAY.hold(written.leeway):
        message = f"'leeway' must be {LEEWAY}, not {written.leeway}"
        hint = "synchronise the clocks instead"
        yield Mistake("bad-token-rule", ("authentication", "leeway"), message, hint)
    if written.jwks is not UNSET:
        yield from _key_server(written.jwks)
    if written.claims is not UNSET:
        yield from paths(("authentication", "claims"), written.claims)


def _algorithms(written: JwtAuthentication) -> Iterator[Mistake]:
    steps = ("authentication", "algorithms")
    shared = [name for name in written.algorithms if name.startswith("HS")]
    if shared and len(shared) < len(written.algorithms):
        message = "HS algorithms cannot be combined with others: a public key is not a secret"
        yield Mistake("bad-token-rule", steps, message, "keep the algorithms that the issuer uses")
    elif shared and written.jwks is not UNSET:
        message = f"{shared[0]} needs a shared secret, and published keys are not secret"
        hint = "write `secrets`, or the algorithm of the published keys, most often RS256"
        yield Mistake("bad-token-rule", steps, message, hint)


def _key_server(url: str) -> Iterator[Mistake]:
    steps = ("authentication", "jwks")
    found = [_of_a_key_server(*fault) for fault in faults(url)]
    for code, message, hint in found:
        yield Mistake(code, steps, message, hint)
    if not found and url.startswith("http:") and not on_this_machine(urlsplit(url).hostname or ""):
        message = "keys fetched over http can be replaced on the way"
        hint = "write https; http is allowed only for this machine"
        yield Mistake("bad-token-rule", steps, message, hint)


def on_this_machine(host: str) -> bool:
    """Whether what is said to a host stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of_a_key_server(code: str, message: str, hint: str) -> tuple[str, str, str]:
    public = "published keys need no credentials: remove these credentials and replace them"
    return code, message, public if code == "secret-in-yaml" else hint

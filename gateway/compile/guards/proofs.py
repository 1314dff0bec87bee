"""What proves a request to each type of authentication, for whoever counts failed attempts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import UNSET

from gateway.compile.guards.attempts import LONG, Proof
from gateway.compile.guards.credentials import Entry, cell_of
from gateway.compile.guards.presented import bearer_token, key_of, user_and_password
from gateway.language.signed import sender_of
from gateway.language.spec import (
    ApiKeyAuthentication,
    BearerAuthentication,
    SignatureAuthentication,
)
from gateway.runtime.runtime import Runtime
from gateway.runtime.secret import Cell


def of_password(_spec: object, _runtime: Runtime) -> Proof:
    """A password is chosen by people, and looking at one is expensive: all of them count."""
    return Proof(user_and_password, lambda _shown: True)


def of_token(spec: BearerAuthentication, runtime: Runtime) -> Proof:
    """A bearer token; one from `gateway token` is longer than anybody can guess."""
    return Proof(bearer_token, _findable(spec.tokens, runtime))


def of_key(spec: ApiKeyAuthentication, runtime: Runtime) -> Proof:
    """An API key, in its header or in the query."""
    return Proof(key_of(spec), _findable(spec.keys, runtime))


def of_jwt(_spec: object, _runtime: Runtime) -> Proof:
    """A signed token."""
    return Proof(bearer_token, lambda _shown: False)


def of_signature(spec: SignatureAuthentication, _runtime: Runtime) -> Proof:
    """A signature in the sender's header; its guard judges one that appears more than once. Whether
    a body holds one, nobody knows before it is read: each request counts as an attempt.
    """
    header = sender_of(spec.scheme).scheme.header
    if header is UNSET:
        return Proof(lambda _exchange: b"", lambda _shown: False)
    field = header.lower().encode("ascii")
    return Proof(
        lambda exchange: next(iter(exchange.lines(field)), None),
        lambda _shown: False,
    )


def _findable(entries: Sequence[Entry], runtime: Runtime) -> Callable[[bytes], bool]:
    """Whether trying such credentials could find one of the hook's: one of its secrets is short,
    and what is shown could be that one. How long the credential of a digest is, nobody knows.
    """
    cells = [cell_of(entry, runtime) for entry in entries]

    def findable(shown: bytes) -> bool:
        return len(shown) < LONG and any(map(_may_be_short, cells))

    return findable


def _may_be_short(cell: Cell | None) -> bool:
    if cell is None:
        return True
    return cell.secret is not None and len(cell.secret.reveal()) < LONG

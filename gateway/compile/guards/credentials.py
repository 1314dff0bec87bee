"""Credentials that are recognised by digest: tokens and keys, each until it expires."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Protocol, TypeVar

from msgspec import UNSET, UnsetType

from gateway.compile.needs import Need, Prepared
from gateway.language.spec.authentication import Token
from gateway.language.spec.scalars import Instant
from gateway.runtime.runtime import Runtime
from gateway.runtime.secret import Cell

Value = TypeVar("Value")
SHOWN = 8
"""Digits of a digest in the log: enough to find it in a file, and of no use to a guesser."""


class Reference(Protocol):
    """Anything written with `secret:` or `env:`."""

    @property
    def secret(self) -> str | UnsetType: ...
    @property
    def env(self) -> str | UnsetType: ...


class Entry(Reference, Protocol):
    """A reference that may expire and have a label."""

    @property
    def expires(self) -> Instant | UnsetType: ...
    @property
    def label(self) -> str | UnsetType: ...


def cell_of(reference: Reference, runtime: Runtime) -> Cell | None:
    """The cell of a reference, None where a digest or a hash is written instead."""
    if reference.secret is not UNSET:
        return runtime.secrets.cell("secret", reference.secret)
    if reference.env is not UNSET:
        return runtime.secrets.cell("env", reference.env)
    return None


def digest_of(token: Token, runtime: Runtime) -> Digest:
    """The credential that a token or key entry stands for."""
    fixed = b"" if token.sha256 is UNSET else bytes.fromhex(token.sha256)
    return Digest(name_of(token), cell_of(token, runtime), fixed, expiry(token.expires))


def name_of(entry: Entry) -> str:
    """What the log calls a credential: its label, where its value is found, or its digest."""
    if entry.label is not UNSET:
        return entry.label
    if entry.secret is not UNSET:
        return entry.secret
    if entry.env is not UNSET:
        return entry.env
    return f"sha256:{getattr(entry, 'sha256', '')[:SHOWN]}"


def need_of(reference: Reference, until: float, runtime: Runtime) -> tuple[Need, ...]:
    """What an entry of credentials needs: its secret, as long as it opens anything at all."""
    cell = cell_of(reference, runtime)
    if cell is None:
        return ()
    if until == float("inf"):
        return (cell,)
    return (Prepared(cell, lambda value: value, until, runtime.clock),)


def needs_of(entries: Iterable[Entry], runtime: Runtime) -> tuple[Need, ...]:
    """What a list of credentials needs."""
    return tuple(
        need for entry in entries for need in need_of(entry, expiry(entry.expires), runtime)
    )


def prepared(entry: Entry, prepare: Callable[[bytes], Value], runtime: Runtime) -> Prepared[Value]:
    """What an entry's secret becomes, for entries that are always references."""
    cell = cell_of(entry, runtime)
    assert cell is not None  # noqa: S101 - the spec has exactly one of `secret` and `env`
    return Prepared(cell, prepare, expiry(entry.expires), runtime.clock)


def prepared_reference(
    reference: Reference, prepare: Callable[[bytes], Value], runtime: Runtime
) -> Prepared[Value]:
    """What the secret of a reference becomes that never expires."""
    cell = cell_of(reference, runtime)
    assert cell is not None  # noqa: S101 - a reference has exactly one of `secret` and `env`
    return Prepared(cell, prepare, float("inf"), runtime.clock)


def expiry(expires: Instant | UnsetType) -> float:
    """The instant as POSIX seconds, infinite where none is written."""
    return float("inf") if expires is UNSET else expires.timestamp()


class Digest:
    """One accepted credential: its digest, fixed or of the secret as it is now."""

    __slots__ = ("_cell", "_fixed", "_until", "name")

    def __init__(self, name: str, cell: Cell | None, fixed: bytes, until: float) -> None:
        self.name = name
        self._cell = cell
        self._fixed = fixed
        self._until = until

    def accepts(self, digest: bytes, now: float) -> bool:
        """Constant-time comparison; expired and missing credentials accept nothing."""
        expected = self._fixed
        if self._cell is not None:
            secret = self._cell.secret
            expected = secret.sha256 if secret is not None else b""
        same = hmac.compare_digest(expected, digest)
        return same and now < self._until


def accepted(digests: Iterable[Digest], presented: bytes, now: float) -> str:
    """The name of the credential that is presented, empty where it is none of them; every one is
    compared, without early exit.
    """
    digest = sha256(presented).digest()
    found = ""
    for candidate in digests:
        if candidate.accepts(digest, now):
            found = candidate.name
    return found

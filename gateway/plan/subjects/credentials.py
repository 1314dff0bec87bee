"""Lists of credentials, any one of which opens a hook."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from gateway.language.spec import User
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change
from gateway.plan.shown import listed, shortened

_LISTS = ("users", "tokens", "keys", "secrets")
"""The keys of which each type of authentication has one at most."""

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a credential expires that has no `expires`."""


class Credential(NamedTuple):
    """One entry: where it stands, how it is called, until when it opens the hook, and what the log
    calls it, empty where that is not written.
    """

    steps: Steps
    what: str
    until: datetime
    label: str

    @property
    def shown(self) -> str:
        if self.until == NEVER:
            return self.what
        return f"{self.what}, until {_written(self.until)}"


def _written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


Credentials = dict[Hashable, Credential]


def credentials(authentication: msgspec.Struct) -> Credentials:
    """The credentials of an authentication by what they are.

    Of one that stands there twice the later expiry counts.
    """
    found: Credentials = {}
    for steps, entry in _entries(authentication):
        written = getattr(entry, "expires", UNSET)
        until = written if isinstance(written, datetime) else NEVER
        identity, what = _identity(entry)
        if identity not in found or found[identity].until < until:
            label = getattr(entry, "label", UNSET)
            found[identity] = Credential(steps, what, until, label if label is not UNSET else "")
    return found


def meaning(authentication: msgspec.Struct) -> Hashable:
    """Equal where the same credentials open the hook until the same time, under the same labels,
    in any order.
    """
    found = credentials(authentication)
    return frozenset(
        (identity, one.until.timestamp(), one.label) for identity, one in found.items()
    )


def compare(one: msgspec.Struct, other: msgspec.Struct) -> Iterator[Change]:
    """Entries that came, went, or live for another time."""
    old, new = credentials(one), credentials(other)
    for identity, credential in new.items():
        if identity not in old:
            message = f"another credential also opens the hook: {credential.what}"
            yield Change("credential-added", credential.steps, message, now=credential.shown)
        else:
            yield from _changed(old[identity], credential)
    for identity, credential in old.items():
        if identity not in new:
            message = f"a credential no longer opens the hook: {credential.what}"
            yield Change("credential-removed", credential.steps, message, credential.shown)


def shown(authentication: msgspec.Struct) -> str:
    """All credentials in a line."""
    return listed(one.shown for one in credentials(authentication).values())


def _entries(authentication: msgspec.Struct) -> Iterator[tuple[Steps, msgspec.Struct]]:
    for key in _LISTS:
        for index, entry in enumerate(getattr(authentication, key, None) or ()):
            yield ("authentication", key, index), entry


def _changed(old: Credential, new: Credential) -> Iterator[Change]:
    """What changed of a credential that stays."""
    if new.until != old.until:
        yield _expiry(old, new)
    if new.label != old.label:
        message = f"the log shows another name for a credential: {new.what}"
        yield Change("credential-relabelled", new.steps, message, old.label, new.label)


def _expiry(old: Credential, new: Credential) -> Change:
    if new.until > old.until:
        message = f"a credential opens the hook for longer: {new.what}"
        return Change("expiry-prolonged", new.steps, message, old.shown, new.shown)
    message = f"a credential opens the hook for a shorter time: {new.what}"
    return Change("expiry-shortened", new.steps, message, old.shown, new.shown)


def _identity(entry: msgspec.Struct) -> tuple[Hashable, str]:
    """What makes a credential this one, and how it is called. No secret is among it."""
    if isinstance(entry, User):
        password, what = _identity(entry.password)
        return (entry.username, password), f"user '{entry.username}' with {what}"
    for kind, name in _KINDS.items():
        written = getattr(entry, kind, UNSET)
        if isinstance(written, str):
            return (kind, written), name(written)
    raise TypeError(f"{type(entry).__name__} is no credential")


def reference(entry: msgspec.Struct) -> str:
    """How a reference to a secret is called."""
    return _identity(entry)[1]


_KINDS: dict[str, Callable[[str], str]] = {
    "secret": lambda name: f"the secret '{name}'",
    "env": lambda name: f"the environment variable '{name}'",
    "sha256": lambda digest: f"sha256 {shortened(digest)}",
    "scrypt": lambda hashed: f"the scrypt hash {shortened(hashed.rpartition('$')[2])}",
}

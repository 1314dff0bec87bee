"""The keys that seal stored runs, as their secret is now."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from gateway.runs.sealed import NO_KEYS, SealedError
from gateway.runs.store import DOWN, RETRY_LATER, StoreUnavailable
from gateway.runtime.derived import Derived
from gateway.runtime.secret import SecretStore

if TYPE_CHECKING:
    from gateway.runs.sealing import Keyring


class Sealing(Protocol):
    """Seals what is stored, and opens it where it is said to be `about` the same."""

    def seal(self, data: bytes, about: bytes, /) -> bytes:
        """What is stored of data. Raises StoreUnavailable."""

    def open(self, stored: bytes, about: bytes, /) -> bytes:
        """The data again. Raises UnreadableError, and SealedError where a key is missing."""


class SecretKeys:
    """The keys of a secret, which may change while the gateway runs."""

    def __init__(self, secrets: SecretStore, name: str) -> None:
        # Imported for a gateway that seals: with it come eleven megabytes.
        from gateway.runs.sealing import keyring

        cell = secrets.cell("secret", name)
        self._derived: Derived[Keyring] = Derived((cell,), lambda values: keyring(values[0]))
        secrets.follow(self._derived)

    @property
    def problem(self) -> str:
        """Why nothing can be sealed, in words; empty where it can."""
        return self._derived.problem

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._derived.remedy

    @property
    def known(self) -> Collection[bytes]:
        """The ids of the keys."""
        ring = self._derived.value
        return frozenset() if ring is None else ring.known

    def seal(self, data: bytes, about: bytes) -> bytes:
        """What is stored of data. Raises StoreUnavailable."""
        ring = self._derived.value
        if ring is None:
            raise StoreUnavailable(DOWN, RETRY_LATER, self.problem)
        return ring.seal(data, about)

    def open(self, stored: bytes, about: bytes) -> bytes:
        """The data again; see `Sealing`."""
        ring = self._derived.value
        if ring is None:
            raise SealedError(self.problem)
        return ring.open(stored, about)


def sealing_of(secrets: SecretStore, name: str) -> SecretKeys | None:
    """The keys of the secret of this name; None where there is no name."""
    return SecretKeys(secrets, name) if name else None


def keys_or_none(keys: SecretKeys | None) -> Sealing:
    """What seals, or does not."""
    return NO_KEYS if keys is None else keys

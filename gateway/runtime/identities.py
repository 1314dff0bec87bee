"""Client certificates: who the gateway is to workflows that ask."""

from __future__ import annotations

import ssl
from pathlib import Path
from weakref import WeakValueDictionary

from gateway.runtime.derived import Derived
from gateway.runtime.secret import Cell, SecretStore
from gateway.wire.client.tls import identify, trusting


class ClientIdentity:
    """A certificate and its key, as they are now. It has a `problem` while they cannot be used;
    each change of the secrets makes another `context`.
    """

    __slots__ = ("__weakref__", "_derived")

    def __init__(self, derived: Derived[ssl.SSLContext]) -> None:
        self._derived = derived

    @property
    def context(self) -> ssl.SSLContext | None:
        """What TLS is made with; None while there is a problem."""
        return self._derived.value

    @property
    def problem(self) -> str:
        """Why there is no context, in words an operator can act on; empty where there is one."""
        return self._derived.problem

    @property
    def remedy(self) -> str:
        """What to do about the problem."""
        return self._derived.remedy


class Identities:
    """One identity for each certificate and key, for as long as a hook has it."""

    def __init__(self, secrets: SecretStore, ca_file: Path | None) -> None:
        self._secrets = secrets
        self._ca_file = ca_file
        self._known: WeakValueDictionary[tuple[Cell, Cell], ClientIdentity] = WeakValueDictionary()

    def of(self, certificate: Cell, key: Cell) -> ClientIdentity:
        """The identity of two secrets. It reads roots, some 10 ms: off the loop."""
        found = self._known.get((certificate, key))
        if found is None:
            derived = Derived((certificate, key), self._context)
            self._secrets.follow(derived)
            found = ClientIdentity(derived)
            self._known[certificate, key] = found
        return found

    def _context(self, values: list[bytes]) -> ssl.SSLContext:
        context = trusting(self._ca_file)
        identify(context, *values)
        return context

"""HTTP Basic (RFC 7617): any one of the hook's users opens it."""

from __future__ import annotations

import hmac
from functools import partial
from typing import Any

from msgspec import UNSET

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import Digest, any_accepts, cell_of, expiry, need_of
from gateway.compile.guards.presented import user_and_password
from gateway.compile.needs import Need
from gateway.language.spec import BasicAuthentication, User
from gateway.runtime.runtime import Runtime
from gateway.runtime.scrypt import ScryptParameters, parse
from gateway.runtime.throttle import Memory

REMEMBERED = 1024
"""How many verified passwords a hook remembers, each as a keyed digest."""


class _Account:
    """One user: a scrypt hash, or the digest of a secret."""

    __slots__ = ("digest", "hash", "name", "until")

    def __init__(self, user: User, runtime: Runtime) -> None:
        self.name = user.username.encode()
        self.until = expiry(user.expires)
        written = user.password
        self.hash = None if written.scrypt is UNSET else parse(written.scrypt)
        self.digest = Digest(cell_of(written, runtime), b"", self.until)


def basic_guard(
    spec: BasicAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Need, ...]]:
    """The guard, and what it needs. It raises Unauthenticated or Unavailable."""
    accounts = tuple(_Account(user, runtime) for user in spec.users)
    needs = tuple(
        need
        for user in spec.users
        for need in need_of(user.password, expiry(user.expires), runtime)
    )
    memory = Memory(REMEMBERED)
    refused = partial(challenge, "Basic", realm, ', charset="UTF-8"')

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        presented = user_and_password(exchange)
        if presented is None or not await _opens(accounts, presented, memory, runtime):
            raise refused()

    return guard, needs


async def _opens(
    accounts: tuple[_Account, ...], presented: bytes, memory: Memory, runtime: Runtime
) -> bool:
    """Every account is compared; at most one hash is computed, for unknown names as well."""
    name, _, password = presented.partition(b":")
    now = runtime.clock()
    opened = False
    candidate: ScryptParameters | None = None
    known = False
    for account in accounts:
        same = hmac.compare_digest(account.name, name) and now < account.until
        if account.hash is None:
            opened |= any_accepts((account.digest,), password, now) and same
        elif same:
            candidate, known = account.hash, True
        elif candidate is None:
            candidate = account.hash
    if opened or candidate is None:
        return opened
    digest = memory.digest(name, password)
    if known and digest in memory:
        return True
    verify = candidate.verify
    verified = await runtime.hashing.run(lambda: verify(password))
    if known and verified:
        memory.add(digest)
    return known and verified

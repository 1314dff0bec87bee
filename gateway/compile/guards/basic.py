"""HTTP Basic (RFC 7617): any one of the hook's users opens it."""

from __future__ import annotations

import hmac
from functools import partial

from msgspec import UNSET

from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import Digest, accepted, cell_of, expiry, need_of
from gateway.compile.guards.presented import Verify
from gateway.compile.needs import Need
from gateway.compile.sender import Sender
from gateway.language.spec import BasicAuthentication, User
from gateway.runtime.runtime import Runtime
from gateway.runtime.scrypt import ScryptParameters, parse
from gateway.runtime.throttle import Memory

REMEMBERED = 1024
"""How many verified passwords a hook remembers, each as a keyed digest."""


class _Account:
    """One user: a scrypt hash, or the digest of a secret."""

    __slots__ = ("digest", "hash", "label", "name", "until")

    def __init__(self, user: User, runtime: Runtime) -> None:
        self.name = user.username.encode()
        self.label = user.username if user.label is UNSET else user.label
        self.until = expiry(user.expires)
        written = user.password
        self.hash = None if written.scrypt is UNSET else parse(written.scrypt)
        self.digest = Digest(self.label, cell_of(written, runtime), b"", self.until)


def basic_guard(
    spec: BasicAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated or Unavailable."""
    accounts = tuple(_Account(user, runtime) for user in spec.users)
    needs = tuple(
        need
        for user in spec.users
        for need in need_of(user.password, expiry(user.expires), runtime)
    )
    memory = Memory(REMEMBERED)
    refused = partial(challenge, "Basic", realm, ', charset="UTF-8"')

    async def check(exchange: Exchange, presented: bytes | None) -> None:
        if presented is not None:
            exchange.credential = await _opened(accounts, presented, memory, runtime)
            if exchange.credential:
                exchange.sender = Sender(username=presented.partition(b":")[0].decode())
        if not exchange.credential:
            raise refused()

    return check, needs


async def _opened(
    accounts: tuple[_Account, ...], presented: bytes, memory: Memory, runtime: Runtime
) -> str:
    """The label of the account that is presented, empty where it is none of them.

    Every account is compared; at most one hash is computed, for unknown names as well.
    """
    name, _, password = presented.partition(b":")
    now = runtime.clock()
    opened = label = ""
    candidate: ScryptParameters | None = None
    for account in accounts:
        same = hmac.compare_digest(account.name, name) and now < account.until
        if account.hash is None:
            found = accepted((account.digest,), password, now)
            opened = found if same else opened
        elif same:
            candidate, label = account.hash, account.label
        elif candidate is None:
            candidate = account.hash
    if opened or candidate is None:
        return opened
    digest = memory.digest(name, password)
    if label and digest in memory:
        return label
    verify = candidate.verify
    verified = await runtime.hashing.run(lambda: verify(password))
    if not label or not verified:
        return ""
    memory.add(digest)
    return label

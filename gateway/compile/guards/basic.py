"""HTTP Basic (RFC 7617): any one of the hook's users opens it."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import cast

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
ABSENT = "The request has no Authorization header with a user and a password."
WRONG = "The user or the password is wrong or expired."


class _Account:
    """One user: a scrypt hash, or the digest of a secret. `key` tells users of one name apart."""

    __slots__ = ("digest", "hash", "key", "label", "name", "until")

    def __init__(self, user: User, number: int, runtime: Runtime) -> None:
        self.name = user.username.encode()
        self.key = b"%d" % number
        self.label = user.username if user.label is UNSET else user.label
        self.until = expiry(user.expires)
        written = user.password
        self.hash = None if written.scrypt is UNSET else parse(written.scrypt)
        self.digest = Digest(self.label, cell_of(written, runtime), b"", self.until)


def basic_guard(
    spec: BasicAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated or Unavailable."""
    accounts = tuple(_Account(user, number, runtime) for number, user in enumerate(spec.users))
    needs = tuple(
        need
        for user in spec.users
        for need in need_of(user.password, expiry(user.expires), runtime)
    )
    memory, tries = Memory(REMEMBERED), _tries(accounts)
    refused = partial(challenge, "Basic", realm, ', charset="UTF-8"')

    async def check(exchange: Exchange, presented: bytes | None) -> None:
        if presented is not None:
            exchange.credential = await _opened(accounts, tries, presented, memory, runtime)
            if exchange.credential:
                exchange.sender = Sender(username=presented.partition(b":")[0].decode())
        if not exchange.credential:
            raise refused(reason=ABSENT if presented is None else WRONG)

    return check, needs


def _tries(accounts: Sequence[_Account]) -> int:
    """The hashes of the name that has the most: so many are computed whatever name is presented."""
    names = Counter(account.name for account in accounts if account.hash is not None)
    return max(names.values(), default=0)


async def _opened(
    accounts: tuple[_Account, ...], tries: int, presented: bytes, memory: Memory, runtime: Runtime
) -> str:
    """The label of the account that is presented, empty where it is none of them.

    Every account is compared, and an unknown name takes as many hashes as a known one.
    """
    name, _, password = presented.partition(b":")
    now = runtime.clock()
    opened = ""
    named: list[_Account] = []
    others: list[_Account] = []
    for account in accounts:
        same = hmac.compare_digest(account.name, name) and now < account.until
        if account.hash is not None:
            (named if same else others).append(account)
        elif (found := accepted((account.digest,), password, now)) and same:
            opened = found
    return opened or await _hashed([*named, *others][:tries], len(named), password, memory, runtime)


async def _hashed(
    tried: Sequence[_Account], named: int, password: bytes, memory: Memory, runtime: Runtime
) -> str:
    """The label of the account whose hash is the password's, of the first `named` of them."""
    for account in tried[:named]:
        digest = memory.digest(account.key, password)
        if digest in memory:
            return account.label
    opened = ""
    for number, account in enumerate(tried):
        verify = cast(ScryptParameters, account.hash).verify
        if await runtime.hashing.run(partial(verify, password)) and number < named:
            memory.add(memory.digest(account.key, password))
            opened = account.label
    return opened

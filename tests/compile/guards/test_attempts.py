"""Guessing is slow, and who knows the credential does not notice that others guess."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, get_args

import jwt
import pytest

from gateway.compile.guards import KINDS
from gateway.language.spec import Authentication, NoAuthentication
from gateway.runtime.hashing import PasswordHashing
from tests.compile.guards.caller import Entrance

pytestmark = pytest.mark.anyio

LIMIT = 10
Headers = dict[str, str]
Present = Callable[[str], Headers]


def basic(password: str) -> Headers:
    return {"Authorization": "Basic " + b64encode(f"paris:{password}".encode()).decode()}


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def api_key(key: str) -> Headers:
    return {"X-Api-Key": key}


def token(key: str) -> Headers:
    claims = {"iss": "issuer", "aud": "orders", "exp": time.time() + 600}
    return bearer(jwt.encode(claims, key, "HS256"))


def signature(key: str) -> Headers:
    digest = hmac.new(key.encode(), b"", "sha256").hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


def scrypt_of(password: str) -> str:
    salt = bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    texts = [b64encode(one).decode().rstrip("=") for one in (salt, key)]
    return "scrypt$ln=14,r=8,p=1$" + "$".join(texts)


SECRETS = [{"secret": "right"}]
SHORT = "right-password"
LONG = "the-right-secret-that-nobody-finds-by-trying"
USERS = [{"username": "paris", "password": {"scrypt": scrypt_of(SHORT)}}]
BEARER = {"type": "bearer", "tokens": SECRETS}
API_KEY = {"type": "api-key", "header": "X-Api-Key", "keys": SECRETS}
JWT = {
    "type": "jwt",
    "issuer": "issuer",
    "audience": "orders",
    "algorithms": ["HS256"],
    "secrets": SECRETS,
}
SIGNATURE = {"type": "signature", "scheme": "github", "secrets": SECRETS}
GUESSABLE: dict[str, tuple[dict[str, Any], Present, str]] = {
    "password": ({"type": "basic", "users": USERS}, basic, SHORT),
    "token": (BEARER, bearer, SHORT),
    "key": (API_KEY, api_key, SHORT),
}
UNGUESSABLE: dict[str, tuple[dict[str, Any], Present, str]] = {
    "long token": (BEARER, bearer, LONG),
    "long key": (API_KEY, api_key, LONG),
    "signed token": (JWT, token, LONG),
    "signature": (SIGNATURE, signature, LONG),
}
ALL = {**GUESSABLE, **UNGUESSABLE}


class Remembering(PasswordHashing):
    """Computes the hash of a password once for all tests, which compare with the same one."""

    KNOWN: ClassVar[dict[tuple[bytes, ...], bool]] = {}

    async def run(self, verify: Callable[[], bool]) -> bool:
        assert isinstance(verify, partial)
        if verify.args not in self.KNOWN:
            self.KNOWN[verify.args] = await super().run(verify)
        return self.KNOWN[verify.args]


class Door(Entrance):
    """An entrance, what its right proof is, and proofs that are as good as that but wrong."""

    def __init__(self, directory: Path, proof: str, **written: Any) -> None:
        authentication, self._present, secret = ALL[proof]
        (directory / "right").write_text(secret)
        super().__init__(directory, authentication, **written)
        self.runtime.hashing = Remembering()
        self.right = self._present(secret)
        self._wrong = secret.replace("right", "wrong")

    def wrong(self, number: int) -> Headers:
        return self._present(f"{number}{self._wrong}")

    async def guess(self, times: int) -> list[int]:
        """The statuses of guesses, each another one."""
        return [(await self.call(self.wrong(number))).status for number in range(times)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=GUESSABLE)
def guessable(request: pytest.FixtureRequest, tmp_path: Path) -> Door:
    return Door(tmp_path, request.param)


@pytest.fixture(params=UNGUESSABLE)
def unguessable(request: pytest.FixtureRequest, tmp_path: Path) -> Door:
    return Door(tmp_path, request.param)


@pytest.fixture(params=ALL)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Door:
    return Door(tmp_path, request.param)


def test_every_type_of_authentication_has_a_guard() -> None:
    types = {kind for kind in get_args(Authentication) if isinstance(kind, type)}
    assert KINDS.keys() == types - {NoAuthentication}
    tried = {written["type"] for written, *_ in ALL.values()}
    assert tried == {kind.__struct_config__.tag for kind in KINDS}  # type: ignore[attr-defined]


async def test_after_ten_guesses_a_client_waits_as_long_as_it_is_told(each: Door) -> None:
    assert await each.guess(LIMIT) == [401] * LIMIT
    refused = await each.call(each.wrong(0))
    assert refused.status == 429
    each.now += refused.retry_after
    assert await each.guess(2) == [401, 429]


async def test_who_was_right_before_is_let_in_beside_a_guesser(each: Door) -> None:
    assert (await each.call(each.right)).status == 200
    assert 429 in await each.guess(3 * LIMIT)
    assert await each.statuses(3 * LIMIT, each.right) == [200] * 3 * LIMIT
    assert 200 not in await each.guess(3)


async def test_what_nobody_can_guess_is_let_in_beside_a_guesser(unguessable: Door) -> None:
    assert 429 in await unguessable.guess(3 * LIMIT)
    assert (await unguessable.call(unguessable.right)).status == 200


async def test_beyond_the_limit_what_could_be_a_guess_is_not_looked_at(guessable: Door) -> None:
    await guessable.guess(LIMIT)
    assert (await guessable.call(guessable.right)).status == 429
    assert (await guessable.call(guessable.right, client="203.0.113.10")).status == 200
    assert (await guessable.call(guessable.right)).status == 200, "it was right elsewhere"


@pytest.mark.parametrize("proof", ["password", "token"])
async def test_padding_makes_a_guess_no_longer(tmp_path: Path, proof: str) -> None:
    door = Door(tmp_path, proof)

    def padded(headers: Headers) -> Headers:
        scheme, _, credential = headers["Authorization"].partition(" ")
        return {"Authorization": f"{scheme} {' ' * 41}{credential}{' ' * 41}"}

    for number in range(LIMIT):
        assert (await door.call(padded(door.wrong(number)))).status == 401
    assert (await door.call(padded(door.right))).status == 429
    assert (await door.call(padded(door.right), client="203.0.113.10")).status == 200
    assert (await door.call(door.right)).status == 200, "it is the same credential"


async def test_how_long_a_secret_is_counts_and_not_how_long_a_guess_is(tmp_path: Path) -> None:
    door = Door(tmp_path, "token")
    door.put("right", LONG.encode())
    assert await door.guess(LIMIT + 1) == [401] * LIMIT + [429]
    assert (await door.call(bearer(LONG))).status == 200
    door.put("right", SHORT.encode())
    assert (await door.call(bearer(SHORT))).status == 429


async def test_being_right_costs_no_attempt(each: Door) -> None:
    assert await each.statuses(5 * LIMIT, each.right) == [200] * 5 * LIMIT
    assert await each.guess(LIMIT) == [401] * LIMIT


async def test_who_shows_nothing_is_told_what_to_show_and_has_guessed_nothing(each: Door) -> None:
    assert await each.statuses(5 * LIMIT, {}) == [401] * 5 * LIMIT
    assert await each.guess(LIMIT) == [401] * LIMIT


async def test_clients_count_apart_and_those_that_nobody_can_tell_count_as_one(
    guessable: Door,
) -> None:
    assert 429 in await guessable.guess(LIMIT + 1)
    for client in ("203.0.113.10", "2001:db8::1", ""):
        tries = await guessable.statuses(LIMIT, guessable.wrong(1), client=client)
        assert tries == [401] * LIMIT
    assert (await guessable.call(guessable.wrong(2), client="2001:db8::2")).status == 429


@pytest.mark.parametrize("proof", ["token", "key", "long token"])
async def test_what_is_revoked_is_refused_although_it_is_remembered(
    tmp_path: Path, proof: str
) -> None:
    door = Door(tmp_path, proof)
    assert (await door.call(door.right)).status == 200
    door.put("right", b"another")
    tries = await door.statuses(LIMIT + 2, door.right)
    assert set(tries) == {401, 429}
    assert tries.index(429) >= LIMIT


async def test_the_next_version_of_a_hook_knows_who_was_right(guessable: Door) -> None:
    assert (await guessable.call(guessable.right)).status == 200
    await guessable.guess(LIMIT)
    guessable.hook = guessable.compiled(description="changed")
    assert (await guessable.call(guessable.right)).status == 200
    assert (await guessable.call(guessable.wrong(0))).status == 429


async def test_the_limit_can_be_written(tmp_path: Path) -> None:
    door = Door(tmp_path, "token", limits={"failures": "2/1h"})
    assert await door.guess(3) == [401, 401, 429]
    assert (await door.call(door.wrong(0))).retry_after == 1800


class Counting(PasswordHashing):
    """Counts the hashes that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.computed = 0

    async def run(self, verify: Callable[[], bool]) -> bool:
        self.computed += 1
        return await super().run(verify)


async def test_guesses_at_the_same_time_count_before_a_hash_is_computed(tmp_path: Path) -> None:
    door = Door(tmp_path, "password")
    door.runtime.hashing = hashing = Counting()
    guesses = [door.call(door.wrong(number)) for number in range(50)]
    statuses = [outcome.status for outcome in await asyncio.gather(*guesses)]
    assert sorted(statuses) == [401] * LIMIT + [429] * 40
    assert hashing.computed == LIMIT


class Full(PasswordHashing):
    """Has no room for a hash."""

    def __init__(self) -> None:
        super().__init__()
        self._pending = 1000


async def test_what_nobody_had_time_to_look_at_costs_no_attempt(tmp_path: Path) -> None:
    door = Door(tmp_path, "password")
    hashing, door.runtime.hashing = door.runtime.hashing, Full()
    assert await door.guess(3 * LIMIT) == [503] * 3 * LIMIT
    door.runtime.hashing = hashing
    assert (await door.call(door.right)).status == 200


async def test_no_refusal_is_raised_twice(each: Door) -> None:
    first, second = [(await each.call(each.wrong(0))).refusal for _ in range(2)]
    assert first is not second, "it would hold on to every request that it has refused"
    assert vars(first) == vars(second)

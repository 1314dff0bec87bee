"""An issuer's keys are fetched rarely, bounded, and never lost to an accident of its server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator

import pytest
import trustme

from gateway.errors import Unavailable
from gateway.runtime.key_sets import FRESH, MAX_AGE, REFETCH, TIMEOUT, KeySet, KeySets
from gateway.runtime.workflow_client import WorkflowClient
from tests.support import tokens
from tests.support.key_server import KeyServer

RSA, EC = "rsa-2048", "P-256"


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer().running() as running:
        running.publish(tokens.jwk(RSA, "one"))
        yield running


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _run(
    url: str, story: Callable[[KeySet, Clock], Awaitable[None]], timeout: float = TIMEOUT
) -> None:
    async def told() -> None:
        clock = Clock()
        client = WorkflowClient(1 << 20)
        sets = KeySets(client, clock, timeout)
        try:
            await story(sets.of(url), clock)
        finally:
            await sets.close()
            await client.close()

    asyncio.run(told())


async def _ids(keys: KeySet, kid: str | None = "one", algorithm: str = "RS256") -> list[str | None]:
    return [key.id for key in await keys.keys(kid, algorithm)]


async def _settled(server: KeyServer, count: int) -> None:
    """Wait until the server was asked so often; what follows must not ask again."""
    async with asyncio.timeout(20):
        while len(server.asked) < count:  # noqa: ASYNC110 - it counts on another thread
            await asyncio.sleep(0.01)


def test_many_requests_at_once_are_one_fetch(server: KeyServer) -> None:
    async def story(keys: KeySet, _clock: Clock) -> None:
        server.gate.clear()
        waiting = [asyncio.create_task(_ids(keys)) for _ in range(50)]
        await _settled(server, 1)
        server.gate.set()
        assert await asyncio.gather(*waiting) == [["one"]] * 50

    _run(server.url, story)
    assert server.asked == ["/jwks.json"]


def test_a_request_that_gives_up_does_not_end_the_fetch_of_others(server: KeyServer) -> None:
    async def story(keys: KeySet, _clock: Clock) -> None:
        server.gate.clear()
        first, second = asyncio.create_task(_ids(keys)), asyncio.create_task(_ids(keys))
        await _settled(server, 1)
        first.cancel()
        server.gate.set()
        assert await second == ["one"]

    _run(server.url, story)


def test_an_unknown_key_id_is_looked_for_at_most_every_30_seconds(server: KeyServer) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        assert await _ids(keys) == ["one"]
        server.publish(tokens.jwk(RSA, "two", 2))
        for number in range(20):
            assert await _ids(keys, f"made-up-{number}") == []
        assert len(server.asked) == 1
        clock.now += REFETCH
        assert await _ids(keys, "two") == ["two"]
        assert await _ids(keys, "one") == []
        assert len(server.asked) == 2

    _run(server.url, story)


def test_keys_in_use_are_fetched_again_while_nobody_waits(server: KeyServer) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        await _ids(keys)
        server.gate.clear()
        clock.now += FRESH + 1
        assert await _ids(keys) == ["one"]
        await _settled(server, 2)
        assert await _ids(keys) == ["one"]
        server.gate.set()

    _run(server.url, story)
    assert len(server.asked) == 2


def test_a_key_that_was_revoked_while_nobody_called_opens_nothing(server: KeyServer) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        await _ids(keys)
        server.publish(tokens.jwk(RSA, "two", 2))
        clock.now += MAX_AGE + 1
        assert await _ids(keys) == []

    _run(server.url, story)


ACCIDENTS: dict[str, Callable[[KeyServer], None]] = {
    "an error": lambda server: vars(server).update(status=503),
    "not found": lambda server: vars(server).update(status=404),
    "a redirect": lambda server: vars(server).update(
        status=302, headers={"Location": server.url + "?elsewhere"}
    ),
    "nothing": lambda server: vars(server).update(body=b""),
    "not JSON": lambda server: vars(server).update(body=b"<html>"),
    "not UTF-8": lambda server: vars(server).update(body=b'{"keys":"\xff"}'),
    "deep JSON": lambda server: vars(server).update(body=b"[" * 60_000),
    "no object": lambda server: vars(server).update(body=b"[]"),
    "no set": lambda server: vars(server).update(body=b'{"keys":{}}'),
    "an empty set": lambda server: server.publish(),
    "no usable key": lambda server: server.publish(tokens.jwk("rsa-1024", "one")),
    "10 MB": lambda server: server.publish({"pad": "x" * 10_000_000}, tokens.jwk(RSA, "one")),
    "64 KiB and a byte": lambda server: vars(server).update(body=server.body.ljust(65_537)),
    "compressed": lambda server: vars(server).update(
        headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8b\x08"
    ),
}


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_keys_are_kept_through_every_accident_of_the_server(
    server: KeyServer, accident: str
) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        assert await _ids(keys) == ["one"]
        ACCIDENTS[accident](server)
        clock.now += MAX_AGE + 1
        assert await _ids(keys) == ["one"]
        assert await _ids(keys, "two") == []

    _run(server.url, story)
    assert server.asked == ["/jwks.json"] * 2


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_without_any_keys_the_hook_is_unavailable_until_the_server_recovers(
    server: KeyServer, accident: str
) -> None:
    sound = server.body

    async def story(keys: KeySet, clock: Clock) -> None:
        ACCIDENTS[accident](server)
        for _ in range(3):
            with pytest.raises(Unavailable) as refused:
                await _ids(keys)
            assert refused.value.headers == ((b"retry-after", b"30"),)
        assert len(server.asked) == 1
        server.publish()
        server.body = sound
        clock.now += REFETCH
        assert await _ids(keys) == ["one"]

    _run(server.url, story)


def test_64_kib_are_read(server: KeyServer) -> None:
    async def story(keys: KeySet, _clock: Clock) -> None:
        server.body = server.body.ljust(65_536)
        assert await _ids(keys) == ["one"]

    _run(server.url, story)


def test_a_server_that_is_down_is_waited_for_once(server: KeyServer) -> None:
    with KeyServer().running() as away:
        pass

    async def story(keys: KeySet, _clock: Clock) -> None:
        for _ in range(3):
            with pytest.raises(Unavailable):
                await _ids(keys)

    _run(away.url, story)


def test_a_server_that_is_too_slow_is_given_up(server: KeyServer) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        assert await _ids(keys) == ["one"]
        server.gate.clear()
        clock.now += MAX_AGE + 1
        async with asyncio.timeout(20):
            assert await _ids(keys) == ["one"]
            assert await _ids(keys, "two") == []
        server.gate.set()

    _run(server.url, story, timeout=0.2)


def test_a_server_that_hangs_holds_nobody_who_has_a_known_key(server: KeyServer) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        await _ids(keys)
        clock.now += REFETCH
        server.gate.clear()
        unknown = asyncio.create_task(_ids(keys, "made-up"))
        await _settled(server, 2)
        async with asyncio.timeout(2):
            assert await _ids(keys) == ["one"]
        server.gate.set()
        assert await unknown == []

    _run(server.url, story)


def test_a_token_without_a_key_id_needs_an_issuer_with_one_key(server: KeyServer) -> None:
    async def story(keys: KeySet, clock: Clock) -> None:
        assert await _ids(keys, None) == ["one"]
        server.publish(tokens.jwk(RSA, "one"), tokens.jwk(EC, "ec"))
        clock.now += MAX_AGE + 1
        assert await _ids(keys, None, "RS256") == ["one"]
        assert await _ids(keys, None, "ES256") == ["ec"]
        server.publish(tokens.jwk(RSA, "one"), tokens.jwk(RSA, "two", 2))
        clock.now += MAX_AGE + 1
        assert await _ids(keys, None, "RS256") == []

    _run(server.url, story)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://issuer.example/jwks", True),
        ("http://127.0.0.1:8000/jwks", True),
        ("http://[::1]/jwks", True),
        ("http://localhost/jwks", True),
        ("http://issuer.example/jwks", False),
        ("http://10.0.0.1/jwks", False),
        ("http://127.0.0.1.issuer.example/jwks", False),
        ("http://localhost.issuer.example/jwks", False),
    ],
)
def test_keys_come_over_https_or_from_this_machine(url: str, allowed: bool) -> None:
    problem = KeySets(WorkflowClient(1)).of(url).problem
    assert problem == ("" if allowed else f"the URL {url} must start with https://")


def test_an_address_without_https_is_never_called() -> None:
    async def story(keys: KeySet, _clock: Clock) -> None:
        with pytest.raises(Unavailable):
            await _ids(keys)

    _run("http://192.0.2.1/jwks", story)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[KeyServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with KeyServer(context).running() as running:
        running.publish(tokens.jwk(RSA, "one"))
        yield running


def test_a_certificate_that_nobody_vouches_for_is_refused(
    secure: KeyServer, capfd: pytest.CaptureFixture[str]
) -> None:
    async def story(keys: KeySet, _clock: Clock) -> None:
        with pytest.raises(Unavailable):
            await _ids(keys)

    _run(secure.url, story)
    assert secure.asked == []
    assert "certificate verify failed" in capfd.readouterr().out

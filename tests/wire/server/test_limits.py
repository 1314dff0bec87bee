"""Connections are limited in all and per address; a drain ends them in good order."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any

import pytest

from gateway.wire.server import ServerLimits
from gateway.wire.server.connections import client_key
from tests.support.raw import Caller, exchange, request
from tests.wire.server.apps import waiting
from tests.wire.server.serving import Site, echo, running

GET = request(b"/", method=b"GET")


def test_beyond_the_limit_the_longest_idle_connection_ends() -> None:
    with running(echo, ServerLimits(connections=2)) as site, ExitStack() as stack:
        callers = [stack.enter_context(Caller(site.port)) for _ in range(2)]
        for caller in callers:
            assert caller.send(GET).answer().status == 200
        assert exchange(site.port, GET).status == 200
        assert callers[0].closed()
        assert callers[1].send(GET).answer().status == 200


def test_beyond_the_limit_of_those_in_work_a_new_one_waits() -> None:
    with running(waiting, ServerLimits(connections=2)) as site, ExitStack() as stack:
        callers = [stack.enter_context(Caller(site.port)) for _ in range(2)]
        for caller in callers:
            caller.send(request(b"/wait", method=b"GET"))
        site.wait_until(lambda: site.listener.states()["busy"] == 2)
        waits = stack.enter_context(Caller(site.port)).send(GET)
        waits._socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            waits.answer()
        callers[0].close()
        waits._socket.settimeout(20)
        assert waits.answer().status == 200
        assert site.listener.accepted == 3


def test_silent_connections_make_room_where_heads_yield() -> None:
    limits = ServerLimits(connections=8, heads_yield=True, header_timeout=3600)
    with running(echo, limits) as site, ExitStack() as stack:
        silent = [stack.enter_context(Caller(site.port)) for _ in range(7)]
        silent += [stack.enter_context(Caller(site.port)).send(GET[:9]) for _ in range(20)]
        with Caller(site.port) as caller:
            assert caller.send(GET).answer().status == 200
        assert silent[0].closed()


def test_one_address_cannot_have_all_connections() -> None:
    with running(echo, ServerLimits(per_client=2)) as site, ExitStack() as stack:
        callers = [stack.enter_context(Caller(site.port)) for _ in range(2)]
        assert [caller.send(GET).answer().status for caller in callers] == [200, 200]
        answer = exchange(site.port)
        assert (answer.status, answer.body[:20]) == (503, b"too-many-connections")
        assert site.listener.refused == {"too-many-connections": 1}
        callers[0].close()
        site.wait_until(lambda: sum(site.listener.states().values()) == 1)
        assert exchange(site.port, GET).status == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
def test_one_client_is_an_ipv4_address_or_an_ipv6_network(one: str, other: str, same: bool) -> None:
    assert (client_key(one) == client_key(other)) == same


def _stepwise(site: Site) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["raw_path"] == b"/wait":
            site.note("begun")
            release = asyncio.Event()
            site.release = release  # type: ignore[attr-defined]
            await release.wait()
        scope["gateway.request"].respond(200, (), b"fine")

    return app


def test_a_drain_ends_what_is_idle_and_answers_what_is_in_work() -> None:
    with running(_stepwise) as site, ExitStack() as stack:
        idle, silent, busy, half = (stack.enter_context(Caller(site.port)) for _ in range(4))
        assert idle.send(GET).answer().status == 200
        half.send(GET[:10])
        busy.send(request(b"/wait", method=b"GET"))
        site.wait_for("begun")
        site.wait_until(lambda: site.listener.states()["reading"] == 2)
        site.run(site.listener.drain)
        assert idle.closed()
        assert silent.closed()
        with pytest.raises(ConnectionRefusedError):
            Caller(site.port)
        closed = asyncio.run_coroutine_threadsafe(site.listener.wait_closed(), site.loop)
        site.run(site.release.set)  # type: ignore[attr-defined]
        answers = busy.answer(), half.send(GET[10:]).answer()
        assert [answer.status for answer in answers] == [200, 200]
        assert {answer.headers["connection"] for answer in answers} == {"close"}
        closed.result(20)


def test_a_close_cancels_what_is_in_work() -> None:
    with running(waiting) as site, Caller(site.port) as caller:
        caller.send(request(b"/wait", method=b"GET"))
        site.wait_for("begun")
        site.run(site.listener.close)
        assert caller.closed()
        site.wait_for("cancelled")


def test_a_fault_of_the_app_is_reported_and_counted() -> None:
    def make(site: Site) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise LookupError("a fault")

        return app

    with running(make) as site:
        assert exchange(site.port, GET).status == 500
        assert isinstance(site.faults[0]["exception"], LookupError)
        assert site.listener.refused == {"unexpected": 1}

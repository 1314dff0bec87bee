"""A worker takes over a generation whole, or keeps the one it has."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from gateway.language.spec import Hook
from gateway.language.spec.limits import Limits as HookLimits
from gateway.language.spec.match import Operators
from gateway.language.spec.rules import Match
from gateway.operate.request_log import RequestLog
from gateway.reload.building import Builder
from gateway.reload.follower import Follower
from gateway.reload.messages import Board, Loaded, Resolved, Serving, Specs
from gateway.reload.turns import Turns
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.runtime import Runtime
from gateway.serve.client import ClientFinder
from gateway.serve.generation import Generation
from gateway.serve.switch import Switch
from gateway.settings import Limits, Settings

URL = "http://127.0.0.1:9/run/x"
UNROUTABLE = Hook(name="bad", path="/{a}/{a}", workflow=URL)
BROKEN_RULE = Match(query={"a": Operators(pattern="(")})


class Mistaken(Builder):
    """A builder that fails as long as it is `mistaken`."""

    mistaken = False

    def build(self, resolved: Resolved) -> Generation:
        if self.mistaken:
            raise RuntimeError("a mistake")
        return super().build(resolved)


async def _nothing(_exchange: Any, _send: Any) -> None:
    pass


class Followed:
    """A follower with the leader's end of its pipe in the test's hand."""

    def __init__(self) -> None:
        self.runtime = Runtime(Settings(hooks=Path("hooks.d")))
        self.switch = Switch(
            Limits(), BodyMemory(0), ClientFinder(()), _nothing, RequestLog(None, "info")
        )
        self.ours: Connection[Any, Any]
        self.ours, theirs = Pipe()
        self.lost = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.builder = Mistaken(self.runtime, Turns(lambda: True))
        self.follower = Follower(
            theirs,
            self.builder,
            self.runtime.secrets,
            self.switch,
            self._lost,
        )

    def _lost(self) -> None:
        self.loop.call_soon_threadsafe(self.lost.set)

    async def tell(self, *messages: Any) -> Serving:
        """Send messages, and what the worker says to the last."""
        for message in messages:
            self.ours.send(message)
        found: Serving = await asyncio.to_thread(self.ours.recv)
        return found


def loaded(number: int, spec: Hook) -> Loaded:
    return Loaded(number, spec, f"{spec.name}.yaml")


def generation(number: int, *hooks: int) -> Resolved:
    return Resolved(number, "digest", 0.0, hooks)


async def _started() -> Followed:
    followed = Followed()
    for message in (
        Specs((loaded(1, Hook(name="a", workflow=URL)),)),
        generation(1, 1),
        Board(1),
    ):
        followed.ours.send(message)
    await followed.follower.start()
    assert [followed.ours.recv().number for _ in range(2)] == [0, 1]
    return followed


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


def test_a_rejected_generation_leaves_the_one_before_in_place_by_identity(
    runner: asyncio.Runner,
) -> None:
    async def check() -> None:
        followed = await _started()
        before = followed.switch.generation
        followed.builder.mistaken = True
        answer = await followed.tell(generation(2, 1))
        assert followed.switch.generation is before
        assert (answer.number, answer.serves) == (2, 1)
        assert "generation 2 was rejected" in answer.problem
        followed.builder.mistaken = False
        answer = await followed.tell(generation(3, 1))
        assert (answer.serves, answer.problem) == (3, "")
        await followed.runtime.close()

    runner.run(check())


def test_a_hook_that_cannot_be_routed_is_out_of_service_and_the_others_are_served(
    runner: asyncio.Runner,
) -> None:
    async def check() -> None:
        followed = await _started()
        specs = Specs((loaded(2, UNROUTABLE), loaded(3, Hook(name="other", workflow=URL))))
        answer = await followed.tell(specs, generation(2, 1, 2, 3))
        assert (answer.number, answer.serves) == (2, 2)
        assert "bad.yaml: hook 'bad' cannot be routed" in answer.problem
        serving = followed.switch.generation
        assert serving is not None
        states = {hook.name: hook.state for hook in serving.hooks}
        assert states == {"a": "serving", "bad": "out of service", "other": "serving"}
        assert [one.code for one in serving.diagnostics] == ["internal"]
        await followed.runtime.close()

    runner.run(check())


def test_a_hook_that_never_arrived_is_told_and_the_others_are_served(
    runner: asyncio.Runner,
) -> None:
    async def check() -> None:
        followed = await _started()
        answer = await followed.tell(generation(2, 1, 99))
        assert (answer.number, answer.serves) == (2, 2)
        assert "did not reach this worker: 1" in answer.problem
        await followed.runtime.close()

    runner.run(check())


def test_a_hook_that_cannot_be_compiled_stays_as_it_was_and_the_others_are_served(
    runner: asyncio.Runner,
) -> None:
    async def check() -> None:
        followed = await _started()
        broken = Hook(name="a", workflow=URL, match=BROKEN_RULE)
        newcomer = Hook(name="new", workflow=URL, match=BROKEN_RULE)
        other = Hook(name="other", workflow=URL)
        specs = Specs((loaded(2, broken), loaded(3, newcomer), loaded(4, other)))
        answer = await followed.tell(specs, generation(2, 2, 3, 4))
        assert answer.serves == 2
        assert "a.yaml: hook 'a' cannot be compiled: ValueError" in answer.problem
        serving = followed.switch.generation
        assert serving is not None
        states = {hook.name: hook.state for hook in serving.hooks}
        assert states == {"a": "stale", "new": "out of service", "other": "serving"}
        await followed.runtime.close()

    runner.run(check())


def test_a_hook_that_did_not_change_is_not_compiled_again(runner: asyncio.Runner) -> None:
    async def check() -> None:
        followed = await _started()
        before = followed.switch.generation
        changed = Hook(name="b", workflow=URL)
        await followed.tell(Specs((loaded(2, changed),)), generation(2, 1, 2))
        after = followed.switch.generation
        assert before is not None
        assert after is not None
        assert after.hooks[0].running is before.hooks[0].running is not None
        await followed.runtime.close()

    runner.run(check())


def count(kind: type) -> int:
    """How many there are, of this test and of others."""
    return sum(type(one) is kind for one in gc.get_objects())


def test_a_replaced_generation_is_freed_whole_without_the_collector(
    runner: asyncio.Runner,
) -> None:
    async def check() -> None:
        followed = await _started()
        gc.collect()
        gc.disable()
        apps = count(Litestar)
        try:
            before = followed.switch.generation
            assert before is not None
            before.app.asgi_router.handle_routing(path="/GET/hooks/a", method=None)
            known = before.app.asgi_router.route_handler_index
            routes = [weakref.ref(handler) for handler in known.values()]
            del before, known
            await followed.tell(generation(2, 1))
            assert [route() for route in routes] == [None]
            assert count(Litestar) == apps
        finally:
            gc.enable()
        await followed.runtime.close()

    runner.run(check())


def test_nothing_is_kept_of_a_hook_that_is_gone(runner: asyncio.Runner) -> None:
    async def check() -> None:
        followed = await _started()
        limited = Hook(name="b", workflow=URL, limits=HookLimits(rate="3/1h", concurrency=2))
        await followed.tell(Specs((loaded(2, limited),)), generation(2, 1, 2))
        runtime = followed.runtime
        gauge, pace = runtime.concurrency("b"), runtime.pace("b")
        kept: list[Callable[[], Any]] = [weakref.ref(gauge), weakref.ref(pace)]
        del gauge, pace
        assert None not in [one() for one in kept]
        await followed.tell(generation(3, 1))
        assert [one() for one in kept] == [None, None]
        await followed.runtime.close()

    runner.run(check())


def test_a_worker_knows_when_its_leader_is_gone(runner: asyncio.Runner) -> None:
    async def check() -> None:
        followed = await _started()
        followed.ours.close()
        await asyncio.wait_for(followed.lost.wait(), 20)
        await followed.runtime.close()

    runner.run(check())

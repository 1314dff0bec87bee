"""A worker that does not beat is killed, so nothing that a beat looks at may end it."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import pytest

from gateway.operate.metrics.counting import RequestMetrics
from gateway.processes.worker import beat
from gateway.processes.worker.beat import Beat
from gateway.runtime.runtime import Runtime
from gateway.runtime.series import Series, new_memory
from gateway.wire.server import Listener


async def _three_looks() -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    thrice = asyncio.Event()
    looks = 0

    def in_flight() -> dict[str, int]:
        nonlocal looks
        looks += 1
        if looks == 3:
            thrice.set()
        raise RuntimeError("dictionary changed size during iteration")

    descriptor = new_memory()
    runtime = SimpleNamespace(body_memory=SimpleNamespace(held=0), in_flight=in_flight)
    listener = SimpleNamespace(states=dict)
    heart = Beat(
        Series(descriptor),
        cast(Listener, listener),
        cast(Runtime, runtime),
        cast(RequestMetrics, Mock()),
        Mock(),
    )
    os.close(descriptor)
    with pytest.raises(RuntimeError):
        heart.start()
    async with asyncio.timeout(10):
        await thrice.wait()


def test_a_worker_beats_on_after_a_look_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beat, "EVERY", 0.001)
    asyncio.run(_three_looks())

"""What outlives generations is asked for in one thread while another one reads it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.runtime.runtime import Runtime
from gateway.settings import Settings

HOOKS = 5000


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_requests_in_flight_are_counted_while_a_generation_is_built() -> None:
    runtime = Runtime(Settings(hooks=Path("hooks.d")))
    kept = [runtime.concurrency("busy")]
    kept[0].in_flight = 2

    def build() -> None:
        kept.extend(runtime.concurrency(f"hook-{number}") for number in range(HOOKS))

    building = threading.Thread(target=build)
    building.start()
    counts = [runtime.in_flight()]
    while building.is_alive():
        counts.append(runtime.in_flight())
    building.join()
    assert all(count == {"busy": 2} for count in counts)
    assert len(kept) == HOOKS + 1

"""A store that does not answer is told of once, and replaced; one that starts is left alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import pytest
from structlog.testing import capture_logs

from gateway.processes.pulse import KILL, TELL, Pulse


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing."""
    one = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield one
    one.kill()
    one.communicate()


def miss(pulse: Pulse, looks: int) -> list[str]:
    """What is logged while nothing is heard."""
    with capture_logs() as lines:
        for _ in range(looks):
            pulse.missed()
    return [line["event"] for line in lines]


def test_a_store_that_is_silent_is_told_of_once_and_then_killed(
    process: subprocess.Popen[bytes],
) -> None:
    asked = count()
    pulse = Pulse(process.pid, lambda: next(asked) >= 0)
    pulse.begin()
    assert (miss(pulse, TELL - 1), pulse.problem) == ([], "")
    assert miss(pulse, 1) == [pulse.problem] == ["the store does not answer"]
    assert miss(pulse, KILL - TELL) == ["the store is killed"]
    assert process.wait(10) == -signal.SIGKILL
    assert next(asked) == 1


def test_a_store_that_answers_is_asked_again(process: subprocess.Popen[bytes]) -> None:
    asked = count()
    pulse = Pulse(process.pid, lambda: next(asked) >= 0)
    pulse.begin()
    for _ in range(KILL):
        miss(pulse, TELL)
        pulse.answered()
    assert (pulse.problem, next(asked), process.poll()) == ("", KILL, None)


def test_a_store_that_starts_may_take_its_time(process: subprocess.Popen[bytes]) -> None:
    pulse = Pulse(process.pid, lambda: True)
    assert (miss(pulse, 2 * KILL), pulse.problem, process.poll()) == ([], "", None)

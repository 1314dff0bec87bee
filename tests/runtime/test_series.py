"""What a worker counted can be read by another process, also after it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from gateway.runtime import series
from gateway.runtime.series import Series, SeriesReader, new_memory

COUNTING = """
import os, signal, sys
from gateway.runtime.series import Series
counted = Series(int(sys.argv[1]))
slot = counted.place("requests{paris}")
for _ in range(1000):
    counted.values[slot] += 1
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def memory() -> int:
    return new_memory()


def test_what_a_killed_process_counted_is_there(memory: int) -> None:
    command = [sys.executable, "-c", COUNTING, str(memory)]
    done = subprocess.run(command, pass_fds=[memory], check=False)
    assert done.returncode == -signal.SIGKILL
    assert dict(SeriesReader(memory)) == {"requests{paris}": [1000.0]}


def test_a_reader_sees_names_and_numbers_that_came_after_it(memory: int) -> None:
    counted, reader = Series(memory), SeriesReader(memory)
    assert dict(reader) == {}
    first = counted.place("a")
    counted.values[first] += 1
    assert dict(reader) == {"a": [1.0]}
    several = counted.place("b", 3)
    counted.values[several + 2] = 2.5
    counted.values[first] += 1
    assert dict(reader) == {"a": [2.0], "b": [0.0, 0.0, 2.5]}


def test_a_name_has_one_place(memory: int) -> None:
    counted = Series(memory)
    assert counted.place("Zürich", 2) == counted.place("Zürich", 2)
    assert list(SeriesReader(memory)) == [("Zürich", [0.0, 0.0])]


def test_where_no_memory_is_left_only_what_is_new_is_lost(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "SLOTS", series.SPARE + 4)
    monkeypatch.setattr(series, "SIZE", (series.SPARE + 4) * 8 + series.NAMES)
    counted = Series(memory)
    kept = counted.place("kept", 3)
    assert kept
    assert counted.place("too many", 2) == 0
    counted.values[kept] += 1
    assert dict(SeriesReader(memory)) == {"kept": [1.0, 0.0, 0.0]}


def test_the_memory_costs_what_is_written(memory: int) -> None:
    Series(memory).place("a")
    assert os.fstat(memory).st_blocks * 512 < 64 * 1024

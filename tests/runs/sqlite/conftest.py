"""Stores for tests, which end with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runs.sqlite.opened import Open
from tests.runs.sqlite.stores import StoreProcess, fresh

Start = Callable[..., StoreProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a store, on the test's directory unless told otherwise."""
    started: list[StoreProcess] = []

    def one(state: Path = tmp_path, **settings: Any) -> StoreProcess:
        started.append(StoreProcess(state, **settings))
        return started[-1]

    yield one
    for store in started:
        store.close()


@pytest.fixture
def clock() -> Any:
    """Milliseconds of a store's clock that stands still."""
    return fresh.Value("q", 1_800_000_000_000)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """A new file."""
    one = Open(tmp_path / "runs.db")
    yield one
    one.db.close()

"""Whatever happens in whatever order, a store keeps what it promised."""

from __future__ import annotations

import pytest

from tests.runs.engines import ENGINES
from tests.runs.machine import check


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_accepted_is_where_the_promises_say(engine: str) -> None:
    check(engine, examples=40, steps=30)

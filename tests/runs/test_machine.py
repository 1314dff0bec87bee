"""Whatever happens in whatever order, a store keeps what it promised."""

from __future__ import annotations

import pytest
from hypothesis import Phase

from tests.runs.engines import ENGINES
from tests.runs.machine import check

EXAMPLES = {"memory": 40, "sqlite": 2, "postgres": 2}
"""Each of SQLite's has a process of its own, which is killed."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_accepted_is_where_the_promises_say(engine: str) -> None:
    # Without making a failure smaller, which takes longer than a test may.
    check(engine, EXAMPLES[engine], steps=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])

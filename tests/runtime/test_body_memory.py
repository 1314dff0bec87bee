"""One budget for all bodies: what does not fit is refused, and what is let go of makes room."""

from __future__ import annotations

import pytest

from gateway.errors import Unavailable
from gateway.runtime.body_memory import BodyMemory


def test_beyond_the_budget_a_body_is_told_to_come_again() -> None:
    memory = BodyMemory(10)
    memory.take(6)
    with pytest.raises(Unavailable) as refused:
        memory.take(5)
    assert dict(refused.value.headers)[b"retry-after"] == b"1"
    assert "--body-memory" in refused.value.reason
    assert "--body-memory" not in refused.value.detail, "it is no business of the caller's"
    assert memory.held == 6
    memory.give_back(6)
    memory.take(10)

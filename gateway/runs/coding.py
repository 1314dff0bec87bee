"""How databases write what has a name here."""

from __future__ import annotations

import re
from typing import Final

from gateway.runs.run import State

NUMBERS: Final = {
    State.WAITING: 0,
    State.QUEUED: 1,
    State.RUNNING: 2,
    State.SUCCEEDED: 4,
    State.DEAD: 5,
    State.CANCELLED: 6,
}
STATES: Final = {number: state for state, number in NUMBERS.items()}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_id(run: str) -> bool:
    """Whether a text may be the id of a run."""
    return _ID.fullmatch(run) is not None

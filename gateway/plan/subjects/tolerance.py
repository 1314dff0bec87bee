"""How far clocks may be apart: `tolerance` of signatures, `leeway` of tokens."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.language.quantities import parse_duration
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change


def compare(steps: Steps, old: str, new: str) -> Iterator[Change]:
    """Raised or lowered; both are durations as authors write them."""
    was, now = parse_duration(old), parse_duration(new)
    if now > was:
        message = f"clocks may differ by more: {steps[-1]} is {new}"
        yield Change("tolerance-raised", steps, message, old, new)
    elif now < was:
        message = f"clocks may differ by less: {steps[-1]} is {new}"
        yield Change("tolerance-lowered", steps, message, old, new)

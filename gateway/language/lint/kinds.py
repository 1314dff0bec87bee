"""Operators that need values of different kinds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from gateway.language.kinds import PRESENT, kinds_for
from gateway.language.mistake import Mistake
from gateway.language.yaml12 import Steps


def at_odds(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    """Two operators that no value can satisfy, whatever their operands are."""
    for (one, first), (other, second) in combinations(written.items(), 2):
        if not kinds_for(one, first) & kinds_for(other, second):
            message = f"'{one}' and '{other}' cannot both hold: {_needs(one, first)}, "
            message += _needs(other, second)
            yield Mistake("contradiction", (*steps, other), message, on="key")


def _needs(name: str, operand: Any) -> str:
    kinds = sorted(kinds_for(name, operand))
    if kinds == sorted(PRESENT):
        return f"'{name}' needs a value"
    return f"'{name}' needs " + " or ".join("none" if kind == "missing" else kind for kind in kinds)

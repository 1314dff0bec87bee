"""Operators that need values of different kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from gateway.language.kinds import PRESENT, Kinds, kinds_for
from gateway.language.mistake import Mistake
from gateway.language.operands import FILLED, Demand
from gateway.language.yaml12 import Steps


def at_odds(steps: Steps, demands: Sequence[Demand]) -> Iterator[Mistake]:
    """Two operators that no value can satisfy, whatever their operands are."""
    needed = {name.removeprefix(FILLED): kinds_for(name, operand) for name, operand in demands}
    for (one, first), (other, second) in combinations(needed.items(), 2):
        if not first & second:
            message = f"'{one}' and '{other}' cannot both hold: {_needs(one, first)}, "
            message += _needs(other, second)
            yield Mistake("contradiction", (*steps, other), message, on="key")


def _needs(name: str, needed: Kinds) -> str:
    kinds = sorted(needed)
    if kinds == sorted(PRESENT):
        return f"'{name}' needs a value"
    return f"'{name}' needs " + " or ".join("none" if kind == "missing" else kind for kind in kinds)

"""A metric that nobody counts: its value is looked up when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Sample(NamedTuple):
    """Its values by their labels, each a pair of name and value."""

    name: str
    help: str
    values: Mapping[tuple[tuple[str, str], ...], float]
    counts: bool = False
    """Whether it is a counter, which only grows."""

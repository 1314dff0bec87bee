"""Finding what makes a whole fail, so that the rest can go on without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def sound_part(
    items: Sequence[Item], attempt: Callable[[Sequence[Item]], object]
) -> tuple[list[Item], list[tuple[Item, Exception]]]:
    """The items with which `attempt` does not raise, and each other one with what it raised.

    An item that fails only together with one before it is the culprit of the two. The search
    halves: it takes about 2·log2(n) attempts for each culprit. What `attempt` raises without any
    item is raised, because no item is to blame.
    """
    attempt(())
    sound: list[Item] = []
    culprits: list[tuple[Item, Exception]] = []
    waiting = [list(items)]
    while waiting:
        part = waiting.pop()
        try:
            attempt((*sound, *part))
        except Exception as error:
            half = len(part) // 2
            if half:
                waiting += (part[half:], part[:half])
            else:
                culprits.append((part[0], error))
        else:
            sound += part
    return sound, culprits

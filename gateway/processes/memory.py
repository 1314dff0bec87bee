"""Whether bodies may have as much memory as they are promised, beside what the processes need."""

from __future__ import annotations

import structlog

from gateway.processes.cgroup import memory_limit
from gateway.settings import MIB, Settings

SUPERVISOR = 60 * MIB
WORKER = 80 * MIB
"""What each process has while it holds no body, its hooks included."""
STORE = 112 * MIB
"""What the store has at most, with the runs that are on their way through it: it took 105 MiB for
callers who sent bodies of a megabyte as fast as it wrote them, and 46 for a million small runs.
"""
_log = structlog.get_logger("gateway")


def too_much(settings: Settings, limit: int | None, *, store: bool = False) -> str:
    """What to do where full budgets would pass the limit of memory, in words; empty where not.

    `store` is whether there is a process for runs as well.
    """
    others = SUPERVISOR + settings.workers * WORKER + store * STORE
    needed = others + settings.workers * settings.body_memory
    if limit is None or needed <= limit:
        return ""
    fits = (limit - others) // settings.workers // MIB
    lower = f"set --body-memory to {fits}MiB or less, or " if fits >= 1 else ""
    return f"{lower}raise the container's limit of memory to {-(-needed // MIB)} MiB"


def warn_of_memory(settings: Settings, *, store: bool = False) -> None:
    """Log what to do where full budgets would pass the limit of the container."""
    limit = memory_limit()
    if remedy := too_much(settings, limit, store=store):
        _log.warning(
            "request bodies may need more memory than is available",
            limit=limit,
            body_memory=settings.body_memory,
            workers=settings.workers,
            hint=remedy,
        )

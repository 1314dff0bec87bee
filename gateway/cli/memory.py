"""How much memory bodies may have, beside what the processes need anyway."""

from __future__ import annotations

from gateway.settings import MIB, Settings

WITHOUT_LIMIT = 256 * MIB
LEAST = 8 * MIB
SUPERVISOR = 60 * MIB
WORKER = 80 * MIB
"""What each process has while it holds no body, its hooks included."""


def default_body_memory(limit: int | None, workers: int) -> int:
    """Bytes for each worker where nobody says how many: a part of what there is for all."""
    return WITHOUT_LIMIT if limit is None else max(limit * 3 // 8 // workers, LEAST)


def too_much(settings: Settings, limit: int | None) -> str:
    """What to do where full budgets would pass the limit of memory, in words; empty where not."""
    others = SUPERVISOR + settings.workers * WORKER
    needed = others + settings.workers * settings.body_memory
    if limit is None or needed <= limit:
        return ""
    fits = (limit - others) // settings.workers // MIB
    lower = f"set --body-memory to {fits}MiB or less, or " if fits >= 1 else ""
    return f"{lower}raise the container's limit of memory to {-(-needed // MIB)} MiB"

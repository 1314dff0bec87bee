"""The store and the targets in the status: why a run is not delivered."""

from __future__ import annotations

from typing import Any

from gateway.errors import Refusal
from gateway.operate.runs.shown import instant
from gateway.operate.view import View
from gateway.runs.run import State
from gateway.runs.stats import HookStats, Stats, TargetStats


async def describe_store(view: View) -> dict[str, Any]:
    """Store and targets as JSON values; `store` is null where the gateway keeps no runs."""
    access = view.store
    if not access.kept:
        return {"store": None, "targets": {}}
    if not access.begun and not access.problem:
        return {"store": {"state": "not started", "problem": ""}, "targets": {}}
    try:
        stats = await (await access.store()).stats()
    except Refusal as refusal:
        problem = access.problem or refusal.reason
        return {"store": {"state": "unavailable", "problem": problem}, "targets": {}}
    targets = {name: _target(one) for name, one in stats.targets.items()}
    return {"store": _store(stats, access.problem), "targets": targets}


def _store(stats: Stats, problem: str) -> dict[str, Any]:
    due = [one.oldest_due for one in stats.hooks.values() if one.oldest_due is not None]
    return {
        "state": "unavailable" if problem else "serving",
        "problem": problem,
        "engine": stats.engine,
        "started_at": instant(stats.started),
        "bytes": stats.bytes_used,
        "bytes_limit": stats.bytes_limit,
        "wal_bytes": stats.wal_bytes,
        "unfinished": stats.runs,
        "unfinished_limit": stats.runs_limit,
        "runs": _by_state(stats),
        "oldest_due_at": instant(min(due, default=None)),
        "clock_offset": round(stats.clock_offset, 3),
        "hooks": {name: _hook(one) for name, one in stats.hooks.items()},
    }


def _by_state(stats: Stats) -> dict[str, int]:
    found: dict[str, int] = {}
    for hook in stats.hooks.values():
        for state, count in hook.states.items():
            found[state] = found.get(state, 0) + count
    return found


def _hook(one: HookStats) -> dict[str, Any]:
    states: dict[str, Any] = {state: one.states.get(state, 0) for state in _COUNTED}
    return {
        **states,
        "oldest_due_at": instant(one.oldest_due),
        "held": one.held,
        "rate_limited": one.rate_limited,
    }


_COUNTED = (State.WAITING, State.QUEUED, State.RUNNING, State.DEAD)


def _target(one: TargetStats) -> dict[str, Any]:
    return {
        "breaker": one.breaker,
        "in_flight": one.in_flight,
        "slots": one.slots,
        "quiet_until": instant(one.quiet_until),
    }

"""What a store counts of its past, and how it tells its numbers."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from gateway.runs.histogram import ATTEMPT, BATCH, LATENCY, HistogramRecorder
from gateway.runs.hook_queue import HookQueue
from gateway.runs.run import Outcome, State
from gateway.runs.stats import HookStats, TargetStats
from gateway.runs.target import Target

_SHOWN = (State.WAITING, State.QUEUED, State.RUNNING, State.DEAD)


class Counts:
    """What operators are told of the past, since the store started."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.attempts: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
        self.finished: defaultdict[str, Counter[State]] = defaultdict(Counter)
        self.attempt_seconds: defaultdict[str, HistogramRecorder] = defaultdict(
            lambda: HistogramRecorder(ATTEMPT)
        )
        self.latency_seconds: defaultdict[str, HistogramRecorder] = defaultdict(
            lambda: HistogramRecorder(LATENCY)
        )
        self.batch_size = HistogramRecorder(BATCH)
        self.refused: Counter[str] = Counter()
        self.late = 0
        self.interrupted = 0

    def of_hook(self, queue: HookQueue, now: float) -> HookStats:
        """The numbers of a hook at a time of the store's clock."""
        name, due = queue.name, min(queue.due)
        return HookStats(
            states={state: queue.counts[state] for state in _SHOWN if queue.counts[state]},
            oldest_due=due if due <= now else None,
            held=queue.held(now),
            rate_limited=queue.rate_limited(now),
            accepted=self.accepted[name],
            duplicates=self.duplicates[name],
            attempts=dict(self.attempts[name]),
            finished=dict(self.finished[name]),
            attempt_seconds=self.attempt_seconds[name].told(),
            latency_seconds=self.latency_seconds[name].told(),
        )


def of_target(target: Target, now: float) -> TargetStats:
    """The numbers of a target at a time of the store's clock."""
    until = target.breaker.quiet_until
    return TargetStats(
        breaker=target.breaker.position(now),
        in_flight=target.in_flight,
        slots=target.breaker.slots(now),
        quiet_until=until if now < until < math.inf else None,
    )

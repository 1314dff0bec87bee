"""What operators are told of the past."""

from __future__ import annotations

from collections import Counter, defaultdict

from gateway.runs.run import Outcome, State
from gateway.runs.tally import ATTEMPT, BATCH, LATENCY, Tally


class Counts:
    """Since the store started, by hook where it is of one."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.attempts: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
        self.finished: defaultdict[str, Counter[State]] = defaultdict(Counter)
        self.attempt_seconds: defaultdict[str, Tally] = defaultdict(lambda: Tally(ATTEMPT))
        self.latency_seconds: defaultdict[str, Tally] = defaultdict(lambda: Tally(LATENCY))
        self.batch_size = Tally(BATCH)
        self.refused: Counter[str] = Counter()
        self.late = 0
        self.interrupted = 0

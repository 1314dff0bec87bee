"""What operators are told of the past."""

from __future__ import annotations

from collections import Counter, defaultdict

from gateway.runs.histogram import ATTEMPT, BATCH, LATENCY, HistogramRecorder
from gateway.runs.run import Outcome, State


class Counts:
    """Since the store started, by hook where it is of one."""

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

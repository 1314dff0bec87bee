"""The breaker of one target: what is down is left alone, and asked again with care."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from math import floor
from typing import Literal

from gateway.runs.schedule import spread

IN_A_ROW = 10
"""So many blamed failures, one after the other, open it."""
ENOUGH = 20
"""From so many ends within the window on, half of them blamed open it."""
WINDOW = 30
"""Seconds."""
FIRST_OPEN = 5.0
LONGEST_OPEN = 60.0
"""Seconds; the period doubles from one to the other, until the target has all its slots again."""

Position = Literal["closed", "half-open", "open"]


class Breaker:
    """Closed, open for a period, half-open with one probe, closed again with slots that double.

    Times are seconds of one clock, passed in. `full` are the slots of a target that is well.
    `share` gives random numbers in [0, 1).
    """

    def __init__(self, full: int, share: Callable[[], float]) -> None:
        self.full = full
        self._share = share
        self._row = 0
        self._window = _Window()
        self._period = FIRST_OPEN
        self._opened = -math.inf
        self._open_until = -math.inf
        self._paused_until = -math.inf
        self._probe: str | None = None
        self.probing = False
        """Whether what is sent next is a probe, or one is in flight."""
        self._ramp: int | None = None
        self._round = 0

    def position(self, now: float) -> Position:
        """Where the breaker stands."""
        if now < self._open_until:
            return "open"
        return "half-open" if self.probing else "closed"

    def slots(self, now: float) -> int:
        """How many attempts may be in flight."""
        if now < self.quiet_until:
            return 0
        if self.probing:
            return 1
        return self.full if self._ramp is None else min(self._ramp, self.full)

    @property
    def quiet_until(self) -> float:
        """Before this nothing is sent: the breaker is open, or the target asked for a pause."""
        return max(self._open_until, self._paused_until)

    def free(self, now: float, in_flight: int) -> int:
        """How many attempts may start beside those that are in flight.

        A probe does not wait for attempts that began before the target went down.
        """
        if now < self._open_until or now < self._paused_until:
            return 0
        if self.probing:
            return 1 if self._probe is None else 0
        slots = self.full if self._ramp is None else min(self._ramp, self.full)
        return slots - in_flight if slots > in_flight else 0

    def started(self, attempt: str) -> None:
        """An attempt began, known by any text of its own."""
        if self.probing and self._probe is None:
            self._probe = attempt

    def ended(self, attempt: str, blamed: bool | None, now: float, took: float = 0) -> None:
        """An attempt ended after `took` seconds. `blamed` is None where its end says nothing about
        the target; one that began before the breaker opened says nothing new.
        """
        if self.probing:
            if attempt == self._probe:
                self._probed(blamed, now)
        elif blamed is not None and now - took >= self._opened:
            self._judge(blamed, now)

    def pause(self, now: float, seconds: float) -> None:
        """The target asked for a pause."""
        self._paused_until = max(self._paused_until, now + seconds)

    def _probed(self, blamed: bool | None, now: float) -> None:
        self._probe = None
        if blamed:
            self._open(now)
        elif blamed is False:
            self.probing = False
            self._ramp, self._round = 1, 0

    def _judge(self, blamed: bool, now: float) -> None:
        self._window.add(blamed, now)
        self._row = self._row + 1 if blamed else 0
        if blamed and (self._row >= IN_A_ROW or self._window.half_failed):
            self._open(now)
        elif self._ramp is not None:
            self._climb(blamed, now)

    def _climb(self, blamed: bool, now: float) -> None:
        """A round is as many good ends as there are slots; a bad one begins it anew with half."""
        assert self._ramp is not None  # noqa: S101
        if blamed:
            self._ramp, self._round = self._ramp // 2, 0
            if not self._ramp:
                self._open(now)
            return
        self._round += 1
        if self._round >= self._ramp:
            self._ramp, self._round = self._ramp * 2, 0
        if self._ramp >= self.full:
            self._ramp, self._period = None, FIRST_OPEN

    def _open(self, now: float) -> None:
        self._opened = now
        self._open_until = now + spread(self._period, self._share())
        self._period = min(self._period * 2, LONGEST_OPEN)
        self.probing, self._probe, self._ramp, self._row = True, None, None, 0
        self._window.clear()


class _Window:
    """The ends of the last WINDOW seconds, counted by the second."""

    __slots__ = ("_ends", "_failures", "_second", "_seconds")

    def __init__(self) -> None:
        self._seconds: deque[list[int]] = deque()
        self._second = -1
        self._ends = 0
        self._failures = 0

    def add(self, blamed: bool, now: float) -> None:
        if now >= self._second + 1 or not self._seconds:
            self._begin(floor(now))
        last = self._seconds[-1]
        last[1] += 1
        last[2] += blamed
        self._ends += 1
        self._failures += blamed

    @property
    def half_failed(self) -> bool:
        return self._ends >= ENOUGH and 2 * self._failures >= self._ends

    def clear(self) -> None:
        self._seconds.clear()
        self._ends = self._failures = 0

    def _begin(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second - WINDOW:
            _, ends, failures = self._seconds.popleft()
            self._ends -= ends
            self._failures -= failures
        self._second = second
        self._seconds.append([second, 0, 0])

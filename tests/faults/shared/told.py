"""What a fault of what gateways share came to, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from tests.faults.records import Ledger
from tests.faults.shared.probe import Asked, quantile, statuses

SOON = 3.0
"""Seconds within which 99 of 100 refusals come: the gateway's two, and those of a busy machine."""
BACK = 5.0
"""Seconds from the return of what was away until each gateway accepts again."""
GRACE = 0.5
"""Seconds in which answers that were under way at the beginning of a fault still arrive."""

Outcome = tuple[bool, list[str]]
"""Of a row: whether all held, and what to print."""


class Fault(NamedTuple):
    """What was away, in monotonic seconds: from when, until when for certain, and since when it was
    back; to which gateways it mattered, and whether they may promise runs all the same.
    """

    name: str
    at: float
    until: float
    back: float
    gateways: tuple[int, ...]
    promises: bool


class Told(NamedTuple):
    """What the ledgers say together. `promises` are the times of each gateway's."""

    ledger: Ledger
    counted: Sequence[Mapping[str, Any]]
    faults: Sequence[Fault]
    promises: Sequence[Sequence[float]]
    asked: Sequence[Asked]
    ended: Sequence[int]

    @property
    def answers(self) -> Counter[str]:
        """How often callers of durable hooks got each answer."""
        return Counter(
            chain.from_iterable(Counter(one["answers"]).elements() for one in self.counted)
        )

    @property
    def refusals(self) -> list[float]:
        """Seconds after which callers were refused."""
        return sorted(chain.from_iterable(one["refused"] for one in self.counted))

    def again(self, fault: Fault) -> list[float]:
        """Seconds after its return in which each gateway promised a run again."""
        first = [
            min((at for at in self.promises[number] if at > fault.until), default=float("inf"))
            for number in fault.gateways
        ]
        return [max(0.0, at - fault.back) for at in first]

    def meanwhile(self, fault: Fault) -> int:
        """Runs that these gateways promised although something was away."""
        return sum(
            fault.at + GRACE < at < fault.until
            for number in fault.gateways
            for at in self.promises[number]
        )

    def outcome(self, *more: str, broken: bool = False, loses: bool = False) -> Outcome:
        """Whether all holds, and what to print, with `more` lines; see `troubles`."""
        troubles = self.troubles(broken=broken, loses=loses)
        return not troubles, [*troubles, *self.lines(), *more]

    def troubles(self, *, broken: bool = False, loses: bool = False) -> list[str]:
        """What does not hold. Where gateways end, connections to them may be `broken`; a database
        that `loses` commits may lose runs.
        """
        found = [trouble for fault in self.faults for trouble in self._troubles(fault)]
        if not (loses or self.ledger.holds):
            found.append("the ledgers do not agree")
        if self.refusals and _at(self.refusals, 0.99) > SOON:
            found.append("refused too late")
        if self.pending:
            found.append("not all is delivered")
        if any(self.ended):
            found.append(f"gateways ended with {self.ended}")
        if not broken and (self.answers["none"] or set(statuses(self.asked)) != {200}):
            found.append("callers without an answer")
        return found

    def _troubles(self, fault: Fault) -> list[str]:
        found = []
        if max(self.again(fault)) > BACK:
            found.append(f"{fault.name}: accepted again too late")
        if self.meanwhile(fault) and not fault.promises:
            found.append(f"{fault.name}: promised meanwhile")
        return found

    @property
    def pending(self) -> int:
        """Runs that nobody has delivered yet."""
        return sum(self.ledger.states[state] for state in ("waiting", "queued", "running"))

    def lines(self) -> list[str]:
        """For people."""
        sent = sum(one["sent"] for one in self.counted)
        shown = [f"requests {sent}, answers {dict(self.answers)}", *self.ledger.lines()]
        if refusals := self.refusals:
            shown.append(
                f"refused after {_at(refusals, 0.5):.3f} s (median), {_at(refusals, 0.99):.3f} s "
                f"(p99), {refusals[-1]:.3f} s (longest)"
            )
        for fault in self.faults:
            again = ", ".join(f"{seconds:.1f}" for seconds in self.again(fault))
            shown.append(
                f"{fault.name} for {fault.back - fault.at:.1f} s: promised meanwhile "
                f"{self.meanwhile(fault)}, accepted again after {again} s"
            )
        shown.append(
            f"direct hooks: {statuses(self.asked)}, p50 {quantile(self.asked, 0.5) * 1000:.0f} ms, "
            f"p99 {quantile(self.asked, 0.99) * 1000:.0f} ms, "
            f"longest {quantile(self.asked, 1) * 1000:.0f} ms"
        )
        return shown


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

"""A workflow that is down is left alone, and asked again with care; no other hook notices."""

from __future__ import annotations

import pytest

from gateway.errors import Unavailable, Unsent, WorkflowFailure, WorkflowTimeout
from gateway.runs.breaker import IN_A_ROW, LONGEST_OPEN, WINDOW
from gateway.runtime.targets import SLOTS, DirectTarget, DirectTargets, blames


class Site:
    """A hook, its workflow and a clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.targets = DirectTargets(lambda: self.now)
        self.target: DirectTarget = self.targets.of("orders", "http://w:80")
        self._calls = 0

    def begin(self) -> str:
        self._calls += 1
        run = str(self._calls)
        if self.target.troubled:
            self.target.begin(run)
        return run

    def call(self, blamed: bool) -> None:
        self.target.ended(self.begin(), blamed, 0.0)

    def fail(self) -> None:
        for _ in range(IN_A_ROW):
            self.call(True)


def test_a_workflow_that_fails_again_and_again_is_left_alone_and_it_is_said_for_how_long() -> None:
    site = Site()
    site.fail()
    with pytest.raises(Unavailable) as refused:
        site.begin()
    assert int(dict(refused.value.headers)[b"retry-after"]) in (4, 5, 6)
    assert "http://w:80" in refused.value.reason
    assert "http://w:80" not in refused.value.detail


@pytest.mark.parametrize(
    ("hook", "server"), [("orders", "http://other:80"), ("refunds", "http://w:80")]
)
def test_other_servers_and_what_other_hooks_call_at_the_same_are_called_meanwhile(
    hook: str, server: str
) -> None:
    site = Site()
    site.fail()
    assert not site.targets.of(hook, server).troubled


def test_what_failed_before_a_reload_is_known_after_it() -> None:
    site = Site()
    site.fail()
    assert site.targets.of("orders", "http://w:80").troubled


def test_one_call_asks_whether_it_is_back_and_then_more_and_more_are_made() -> None:
    site = Site()
    site.fail()
    site.now += LONGEST_OPEN * 1.2
    probe = site.begin()
    with pytest.raises(Unavailable):
        site.begin()
    site.target.ended(probe, False, 0.0)
    one = site.begin()
    with pytest.raises(Unavailable):
        site.begin()
    site.target.ended(one, False, 0.0)
    for _ in range(2 * SLOTS):
        site.call(False)
    runs = [site.begin() for _ in range(4 * SLOTS)]
    assert len(runs) == 4 * SLOTS


def test_a_probe_whose_caller_leaves_is_followed_by_another() -> None:
    site = Site()
    site.fail()
    site.now += LONGEST_OPEN * 1.2
    site.target.ended(site.begin(), None, 0.0)
    site.target.ended(site.begin(), False, 0.0)
    assert site.target.troubled


def test_nothing_is_counted_again_once_all_was_well_for_long() -> None:
    site = Site()
    site.call(True)
    assert site.target.troubled
    site.now += WINDOW + 1
    site.call(False)
    assert not site.target.troubled


def test_what_is_one_requests_fault_is_not_the_workflows() -> None:
    assert blames(WorkflowTimeout("late"))
    assert blames(WorkflowFailure("unreachable"))
    assert {code for code in range(300, 600) if blames(WorkflowFailure("", code))} == {
        429, 502, 503, 504,
    }  # fmt: skip
    assert not blames(Unsent("a header is not valid"))

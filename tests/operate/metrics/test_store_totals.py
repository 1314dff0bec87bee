"""The store's numbers as series: they never go back, and name what the store knows now."""

from __future__ import annotations

from typing import Any

from gateway.operate.metrics.store_families import STORE
from gateway.operate.metrics.store_totals import StoreTotals
from gateway.runs.histogram import COMMIT, Histogram
from gateway.runs.run import State
from gateway.runs.stats import HookStats, Stats, TargetStats

COMMITS = Histogram((1,) * (len(COMMIT) + 1), 2.5)


def stats(started: float = 1, hooks: tuple[str, ...] = ("orders",), **more: Any) -> Stats:
    one = HookStats(accepted=5, attempts={"retry": 2}, finished={State.DEAD: 1})
    known = dict.fromkeys(hooks, one)
    return Stats(engine="sqlite", started=started, hooks=known, commit_seconds=COMMITS, **more)


def test_counters_go_on_where_another_store_begins_anew() -> None:
    totals = StoreTotals()
    totals(stats(started=1), 0)
    assert totals(stats(started=1), 0)["gateway_runs_accepted"] == {("orders",): [5]}
    fresh = Stats(engine="sqlite", started=2, hooks={"orders": HookStats(accepted=1)})
    after = totals(fresh, 1)
    assert after["gateway_runs_accepted"] == {("orders",): [6]}
    assert after["gateway_run_attempts"] == {("orders", "retry"): [2]}
    assert after["gateway_runs_finished"]["orders", "dead"] == [1]
    assert after["gateway_store_commit_seconds"][()] == [*COMMITS.counts, 2.5]
    assert after["gateway_store_restarts"] == {(): [1]}


def test_while_the_store_is_away_counters_stay_and_gauges_are_not_known() -> None:
    totals = StoreTotals()
    there = totals(stats(bytes_used=7), 0)
    away = totals(None, 0)
    assert (there["gateway_store_up"], away["gateway_store_up"]) == ({(): [1]}, {(): [0]})
    assert there["gateway_store_bytes"] == {(): [7]}
    assert "gateway_store_bytes" not in away
    assert away["gateway_runs_accepted"] == {("orders",): [5]}


def test_what_a_store_does_not_have_is_no_series() -> None:
    found = StoreTotals()(stats(bytes_used=7), 0)
    assert "gateway_store_bytes" in found
    assert not {
        "gateway_store_wal_bytes", "gateway_store_limit_bytes", "gateway_store_dead_tuples",
        "gateway_store_oldest_xmin_seconds",
    } & found.keys()  # fmt: skip
    assert StoreTotals()(stats(wal_bytes=0), 0)["gateway_store_wal_bytes"] == {(): [0]}


def test_a_hook_that_the_store_forgot_is_no_label_any_more() -> None:
    totals = StoreTotals()
    totals(stats(started=1, hooks=("orders", "old")), 0)
    found = totals(stats(started=2), 0)
    assert all(labels[0] == "orders" for labels in found["gateway_runs_accepted"])


def test_gauges_are_of_now() -> None:
    hook = HookStats(
        states={State.QUEUED: 3, State.DEAD: 9}, oldest_due=90, held="no hook", rate_limited=True
    )
    target = TargetStats(breaker="open", in_flight=2)
    now = Stats(engine="sqlite", clock=100, hooks={"a": hook}, targets={"http://b:80": target})
    found = StoreTotals()(now, 0)
    assert found["gateway_run_oldest_due_seconds"] == {("a",): [10]}
    assert found["gateway_runs_held"] == {("a",): [3]}
    assert found["gateway_run_rate_limited"] == {("a",): [1]}
    assert found["gateway_runs"]["a", "dead"] == [9]
    assert found["gateway_target_breaker"] == {("http://b:80",): [2]}


def test_every_series_is_of_a_family_and_has_its_labels() -> None:
    labels = {family.name: family.labels for family in STORE}
    found = StoreTotals()(stats(targets={"http://b:80": TargetStats()}), 0)
    for name, series in found.items():
        assert all(len(values) == len(labels[name]) for values in series)

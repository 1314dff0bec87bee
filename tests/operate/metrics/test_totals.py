"""One scrape for all workers: sums that never go back, written as Prometheus reads them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

from gateway.operate.metrics.counting import RequestMetrics
from gateway.operate.metrics.exposition import Exposition
from gateway.operate.metrics.families import COUNTED, LOOP_LAG
from gateway.operate.metrics.sample import Sample
from gateway.operate.metrics.totals import Totals
from gateway.runtime.series import Series, new_memory
from tests.support.exchanges import an_exchange


class Worker:
    """A worker as far as its metrics go."""

    def __init__(self, totals: Totals, number: int) -> None:
        memory = new_memory()
        self.series = Series(memory)
        self.metrics = RequestMetrics(self.series)
        totals.add(number, memory)

    def answered(
        self, hook: str, status: int, outcome: str, workflow_ms: float = 0.0, proven: bool = False
    ) -> None:
        one = an_exchange()
        one.started = time.perf_counter()
        one.hook, one.status, one.outcome = hook, status, outcome
        one.run, one.workflow_ms = ("a-run" if workflow_ms else ""), workflow_ms
        one.proven = proven
        self.metrics(one)


Value = Callable[..., float | None]


@pytest.fixture
def totals() -> Totals:
    return Totals()


@pytest.fixture
def value(totals: Totals) -> Value:
    """The value of one sample, None where there is none."""
    exposition = Exposition(totals, lambda: [Sample("gateway_generation", "Number.", {(): 7.0})])

    def read(name: str, **labels: str) -> float | None:
        body, _ = exposition("")
        found = [
            sample.value
            for family in text(body.decode())
            for sample in family.samples
            if sample.name == name and sample.labels == labels
        ]
        return found[0] if found else None

    return read


def test_requests_of_all_workers_are_one_sum(totals: Totals, value: Value) -> None:
    workers = [Worker(totals, number) for number in range(2)]
    for worker in workers:
        worker.answered("paris", 200, "succeeded", workflow_ms=7.0)
        worker.answered("paris", 422, "no-match")
    assert value("gateway_requests_total", hook="paris", outcome="succeeded", status="200") == 2
    assert value("gateway_refused_total", reason="no-match") == 2
    assert value("gateway_request_seconds_count", hook="paris") == 4
    assert value("gateway_workflow_seconds_bucket", hook="paris", le="0.005") == 0
    assert value("gateway_workflow_seconds_bucket", hook="paris", le="0.01") == 2
    assert value("gateway_workflow_seconds_bucket", hook="paris", le="+Inf") == 2
    assert value("gateway_workflow_seconds_sum", hook="paris") == pytest.approx(0.014)


def test_what_an_ended_worker_counted_stays_and_what_it_held_goes(
    totals: Totals, value: Value
) -> None:
    first = Worker(totals, 0)
    first.answered("paris", 200, "succeeded", workflow_ms=1.0)
    first.metrics.in_flight({"paris": 3})
    first.series.values[first.series.place(LOOP_LAG.series())] = 0.5
    assert value("gateway_in_flight", hook="paris") == 3
    totals.end(0)
    successor = Worker(totals, 0)
    successor.answered("paris", 200, "succeeded", workflow_ms=1.0)
    successor.series.values[successor.series.place(LOOP_LAG.series())] = 0.25
    assert value("gateway_requests_total", hook="paris", outcome="succeeded", status="200") == 2
    assert value("gateway_in_flight", hook="paris") == 0
    assert value("gateway_event_loop_lag_seconds") == 0.25


@pytest.mark.parametrize(
    ("accept", "content_type", "parse"),
    [
        ("", "text/plain", text),
        (
            "application/openmetrics-text; version=1.0.0",
            "application/openmetrics-text",
            openmetrics,
        ),
    ],
)
def test_both_formats_hold_every_family(
    totals: Totals, accept: str, content_type: str, parse: Callable[..., object]
) -> None:
    Worker(totals, 0).answered('a"b\\c\n', 200, "succeeded", workflow_ms=1.0)
    body, said = Exposition(totals, tuple)(accept)
    assert said.startswith(content_type)
    names = {family.name for family in parse(body.decode())}  # type: ignore[attr-defined]
    assert names >= {family.name for family in COUNTED}


def test_the_gauges_of_the_supervisor_are_written_as_well(value: Value) -> None:
    assert value("gateway_generation") == 7


def test_what_is_in_flight_goes_back_to_nothing(totals: Totals, value: Value) -> None:
    metrics = Worker(totals, 0).metrics
    metrics.in_flight({"paris": 3, "rome": 1})
    metrics.in_flight({"rome": 2})
    assert value("gateway_in_flight", hook="paris") == 0
    assert value("gateway_in_flight", hook="rome") == 2


def test_credentials_are_counted_by_what_became_of_them(totals: Totals, value: Value) -> None:
    worker = Worker(totals, 0)
    worker.answered("paris", 200, "succeeded", workflow_ms=1.0, proven=True)
    worker.answered("paris", 422, "no-match", proven=True)
    worker.answered("paris", 401, "unauthenticated")
    worker.answered("paris", 429, "too-many-failures")
    worker.answered("paris", 404, "not-found")
    found = [
        value("gateway_authentication_total", hook="paris", result=result)
        for result in ("accepted", "refused", "limited")
    ]
    assert found == [2, 1, 1]

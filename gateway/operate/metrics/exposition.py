"""Metrics as Prometheus reads them: its text format, or OpenMetrics where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from gateway.operate.metrics.families import COUNTED, Family
from gateway.operate.metrics.sample import Sample
from gateway.operate.metrics.store_families import STORE
from gateway.operate.metrics.totals import Numbers, Totals

AllSeries = Mapping[str, Mapping[tuple[str, ...], Numbers]]


class Exposition:
    """Writes all metrics. `samples` tells those that the supervisor knows itself, `stored` those of
    the store, by the names of STORE.
    """

    def __init__(
        self,
        totals: Totals,
        samples: Callable[[], Iterable[Sample]],
        stored: Callable[[], AllSeries] = dict,
    ) -> None:
        self._totals = totals
        self._samples = samples
        self._stored = stored
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(namespace="gateway_supervisor", registry=self._registry)
        PlatformCollector(registry=self._registry)

    def __call__(self, accept: str) -> tuple[bytes, str]:
        """The text and its content type, for the value of an Accept header."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def collect(self) -> Iterator[Metric]:
        """What prometheus-client asks a collector."""
        series = self._totals()
        for family in COUNTED:
            yield _metric(family, series[family.name])
        stored = self._stored()
        for family in STORE:
            if family.name in stored:
                yield _metric(family, stored[family.name])
        for sample in self._samples():
            kind = CounterMetricFamily if sample.counts else GaugeMetricFamily
            names = tuple(label for label, _ in next(iter(sample.values), ()))
            metric = kind(sample.name, sample.help, labels=names)
            for labels, value in sample.values.items():
                metric.add_metric([value for _, value in labels], value)
            yield metric

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the workers when this is registered."""
        return ()


def _metric(family: Family, series: Mapping[tuple[str, ...], Numbers]) -> Metric:
    if family.kind == "histogram":
        return _histogram(family, series)
    kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=family.labels)
    for labels, (value,) in series.items():
        metric.add_metric(labels, value)
    return metric


def _histogram(family: Family, series: Mapping[tuple[str, ...], Numbers]) -> Metric:
    metric = HistogramMetricFamily(family.name, family.help, labels=family.labels)
    ends = (*(repr(bound) for bound in family.bounds), "+Inf")
    for labels, (*counts, total) in series.items():
        metric.add_metric(labels, list(_cumulated(ends, counts)), total)
    return metric


def _cumulated(ends: Iterable[str], counts: Numbers) -> Iterator[tuple[str, float]]:
    seen = 0.0
    for bound, count in zip(ends, counts, strict=True):
        seen += count
        yield bound, seen

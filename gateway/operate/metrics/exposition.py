"""Metrics as Prometheus reads them: its text format, or OpenMetrics where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from gateway.operate.metrics.families import COUNTED, SECONDS, Family
from gateway.operate.metrics.sample import Sample
from gateway.operate.metrics.totals import Numbers, Totals

_BOUNDS = (*(repr(bound) for bound in SECONDS), "+Inf")


class Exposition:
    """Writes all metrics. `samples` tells those that the supervisor knows itself."""

    def __init__(self, totals: Totals, samples: Callable[[], Iterable[Sample]]) -> None:
        self._totals = totals
        self._samples = samples
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


def _metric(family: Family, series: dict[tuple[str, ...], Numbers]) -> Metric:
    if family.kind == "histogram":
        return _histogram(family, series)
    kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = kind(family.name, family.help, labels=family.labels)
    for labels, (value,) in series.items():
        metric.add_metric(labels, value)
    return metric


def _histogram(family: Family, series: dict[tuple[str, ...], Numbers]) -> Metric:
    metric = HistogramMetricFamily(family.name, family.help, labels=family.labels)
    for labels, (*counts, total) in series.items():
        metric.add_metric(labels, list(_cumulated(counts)), total)
    return metric


def _cumulated(counts: Numbers) -> Iterator[tuple[str, float]]:
    seen = 0.0
    for bound, count in zip(_BOUNDS, counts, strict=True):
        seen += count
        yield bound, seen

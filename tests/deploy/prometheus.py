"""A real Prometheus that scrapes gateways, and what it is given to evaluate."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.deploy.manifests import ROOT
from tests.support.gateway import PLAIN
from tests.support.ports import free_port

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "webhook-gateway.json"
VARIABLES = {"$__rate_interval": "10s", "$hook": ".*", "$instance": ".*"}
CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
rule_files: ["{alerts}"]
scrape_configs:
  - job_name: webhook-gateway
    metrics_path: /-/metrics
    static_configs: [{{targets: {targets}}}]
"""


def installed(binary: str) -> str:
    """The path of a program; the test is skipped where it is not installed."""
    found = shutil.which(binary)
    if found is None:
        pytest.skip(f"{binary} is not installed (Debian: prometheus)")
    return found


def rules() -> list[dict[str, Any]]:
    """The alert rules, in order."""
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> Iterator[tuple[str, str]]:
    """Every query of the dashboard by its panel's title, variables replaced."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            query = target["expr"]
            for variable, value in VARIABLES.items():
                query = query.replace(variable, value)
            yield panel["title"], query


class Prometheus:
    """A server that scrapes its targets every second."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v1"

    def query(self, text: str) -> list[Any]:
        """The vector that an expression gives."""
        given = {"query": text}
        answer = httpx.get(f"{self.url}/query", params=given, timeout=10, verify=PLAIN).json()
        assert answer["status"] == "success", answer
        found: list[Any] = answer["data"]["result"]
        return found

    def has(self, text: str) -> bool:
        """Whether an expression gives anything; not before the server is there."""
        try:
            return bool(self.query(text))
        except (httpx.TransportError, json.JSONDecodeError):
            return False


@contextmanager
def prometheus(directory: Path, *scraped: int) -> Iterator[Prometheus]:
    """A server that scrapes the operators' listeners on these ports."""
    port = free_port()
    configuration = directory / "prometheus.yaml"
    targets = json.dumps([f"127.0.0.1:{one}" for one in scraped])
    configuration.write_text(CONFIGURATION.format(alerts=ALERTS, targets=targets))
    command = [
        installed("prometheus"), f"--config.file={configuration}",
        f"--storage.tsdb.path={directory / 'series'}", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield Prometheus(port)
        finally:
            process.kill()

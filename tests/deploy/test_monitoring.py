"""Alerts and dashboard, tried with a real Prometheus that scrapes a real gateway."""

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
from tests.support.gateway import Gateway, gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "webhook-gateway.json"
VARIABLES = {"$__rate_interval": "10s", "$hook": ".*", "$instance": ".*"}
HOOKS = {
    "a.yaml": "name: a\nauthentication: none\nworkflow: {url}/run/a\n",
    "b.yaml": "name: b\nauthentication: none\nworkflow: {url}/status/500\n",
    "c.yaml": "name: c\nauthentication: {{type: bearer, tokens: [{{secret: c}}]}}\n"
    "workflow: {url}/run/c\n",
    "d.yaml": "name: d\nmethod: POST\nauthentication: none\nworkflow: {url}/run/d\n"
    "delivery: durable\n",
}
CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
rule_files: ["{alerts}"]
scrape_configs:
  - job_name: webhook-gateway
    metrics_path: /-/metrics
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def installed(binary: str) -> str:
    found = shutil.which(binary)
    if found is None:
        pytest.skip(f"{binary} is not installed (Debian: prometheus)")
    return found


def queries() -> Iterator[tuple[str, str]]:
    """Every query of the dashboard by its panel's title, variables replaced."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            query = target["expr"]
            for variable, value in VARIABLES.items():
                query = query.replace(variable, value)
            yield panel["title"], query


class Prometheus:
    """A server that scrapes one target every second."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v1"

    def query(self, text: str) -> list[Any]:
        answer = httpx.get(f"{self.url}/query", params={"query": text}, timeout=10).json()
        assert answer["status"] == "success", answer
        found: list[Any] = answer["data"]["result"]
        return found

    def has(self, text: str) -> bool:
        try:
            return bool(self.query(text))
        except (httpx.TransportError, json.JSONDecodeError):
            return False


@contextmanager
def prometheus(directory: Path, scraped: int) -> Iterator[Prometheus]:
    port = free_port()
    configuration = directory / "prometheus.yaml"
    configuration.write_text(CONFIGURATION.format(alerts=ALERTS, port=scraped))
    command = [
        installed("prometheus"), f"--config.file={configuration}",
        f"--storage.tsdb.path={directory / 'series'}", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield Prometheus(port)
        finally:
            process.kill()


def call(served: Gateway) -> None:
    """One request of each kind that the panels show."""
    served.request("GET", "/hooks/a")
    served.request("GET", "/hooks/b")
    served.request("POST", "/hooks/d", json={})
    served.request("GET", "/hooks/c", headers={"Authorization": "Bearer wrong"})
    served.request("GET", "/hooks/c", headers={"Authorization": "Bearer the-right-token"})


def test_promtool_takes_the_alerts() -> None:
    done = subprocess.run(
        [installed("promtool"), "check", "rules", str(ALERTS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_panel_and_every_alert_finds_its_series(tmp_path: Path, workflow: Workflow) -> None:
    installed("prometheus")
    admin = free_port()
    hooks = {name: text.format(url=workflow.url) for name, text in HOOKS.items()}
    secrets, state = {"c": "the-right-token"}, ("--state", str(tmp_path / "state"))
    with (
        gateway(tmp_path, hooks, *state, secrets=secrets, operators=admin) as served,
        prometheus(tmp_path, admin) as found,
    ):
        until(lambda: found.has("gateway_generation"))

        def counted() -> bool:
            call(served)
            ended = "rate(gateway_run_latency_seconds_count[10s]) > 0"
            accepted = 'rate(gateway_authentication_total{result="accepted"}[10s]) > 0'
            return found.has(accepted) and found.has(ended)

        until(counted)
        empty = {title for title, query in queries() if not found.query(query)}
        assert empty == set()
        for group in yaml.safe_load(ALERTS.read_text())["groups"]:
            for rule in group["rules"]:
                found.query(rule["expr"])
                named = rule["expr"].replace("_total", "").split("gateway_")[1:]
                there = any(one.startswith(_OF_DATABASES) for one in named)
                assert there or all(found.has(_selector(one)) for one in named), rule["alert"]


_OF_DATABASES = "store_oldest_xmin_seconds"
"""What a gateway with a state directory has not."""


def _selector(rest: str) -> str:
    """The metric at the start of a text, as a selector of all its series."""
    end = next((at for at, one in enumerate(rest) if not (one.isalnum() or one == "_")), len(rest))
    return '{__name__=~"gateway_' + rest[:end] + '.*"}'

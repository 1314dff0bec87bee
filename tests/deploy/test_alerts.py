"""Each alert fires when its file of cases says so and is quiet before, as promtool judges it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.manifests import ROOT
from tests.deploy.prometheus import ALERTS, installed, rules

CASES: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "cases" / "alerts.yaml").read_text())


def test_each_alert_has_a_case() -> None:
    assert [case["alert"] for case in CASES] == [rule["alert"] for rule in rules()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["alert"])
def test_an_alert_fires_when_it_should_and_not_before(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(_as_promtool_writes_it(case)))
    command = [installed("promtool"), "test", "rules", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr


def _as_promtool_writes_it(case: dict[str, Any]) -> dict[str, Any]:
    (rule,) = (rule for rule in rules() if rule["alert"] == case["alert"])
    fired = {
        "exp_labels": {**case["labels"], **rule["labels"]},
        "exp_annotations": {**rule["annotations"], "summary": case["summary"]},
    }
    judged = [(case["quiet"], []), (case["fires"], [fired])]
    return {
        "rule_files": [str(ALERTS)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": series, "values": values}
                    for series, values in case["series"].items()
                ],
                "alert_rule_test": [
                    {"eval_time": at, "alertname": case["alert"], "exp_alerts": alerts}
                    for at, alerts in judged
                ],
            }
        ],
    }

"""The page for operators explains everything that the log and the status may say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from gateway.errors import Refusal
from gateway.operate.metrics.families import COUNTED
from gateway.operate.metrics.store_families import STORE
from gateway.operate.metrics.store_numbers import StoreNumbers
from gateway.operate.metrics.totals import Totals
from gateway.operate.request_log import Line
from gateway.operate.store_access import StoreAccess
from gateway.processes.view import LeaderView
from gateway.reload.leader import Leader
from gateway.reload.loading import Loader
from gateway.reload.service import OUT, STALE
from gateway.serve.served import State
from gateway.settings import Settings

SETTINGS = Settings(hooks=Path("hooks.d"))
PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
NAMED = {
    name
    for row in re.findall(r"^\| (.*?) \|", PAGE, re.MULTILINE)
    for name in re.findall(r"`([^`]+)`", row)
}


def test_each_field_of_a_request_is_explained() -> None:
    assert set(Line.__struct_fields__) - {"event", "level", "time"} <= NAMED
    assert all(f"`{name}`" in PAGE for name in ("event", "level", "time"))


def test_each_outcome_is_explained() -> None:
    refusals = {kind.code for kind in Refusal.__subclasses__()}
    others = {"succeeded", "failed", "ignored", "handshake", "out-of-service", "unexpected"}
    others |= {"too-many-failures", "probed", "caller-left", "cut"}
    assert refusals | others <= NAMED


def test_each_metric_is_explained() -> None:
    named = {name.partition("{")[0].removesuffix("_total") for name in NAMED}
    store = StoreNumbers(StoreAccess(SETTINGS, str), int)
    view = LeaderView(Leader(SETTINGS, Loader(SETTINGS)), Totals(), store)
    counted = {family.name for family in (*COUNTED, *STORE)}
    assert counted | {one.name for one in view.samples()} <= named


def test_each_state_of_a_hook_is_explained() -> None:
    assert set(get_args(State)) <= NAMED


def test_each_line_about_the_state_of_a_hook_is_explained() -> None:
    assert {*OUT, *STALE} <= NAMED

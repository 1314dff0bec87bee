"""The page for operators explains everything that the log and the status may say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
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

TOP = Path(__file__).parents[2]
SETTINGS = Settings(hooks=Path("hooks.d"))
PAGE = (TOP / "docs" / "operating.md").read_text()
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


def _events(module: Path) -> Iterator[str]:
    """What a module logs in words of its own, except faults of the gateway."""
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="_log"), attr="info" | "warning" | "error"),
                args=[ast.Constant(value=str(event))],
                keywords=given,
            ) if "exc_info" not in {one.arg for one in given}:
                yield event


def test_each_event_is_explained() -> None:
    begun = tuple(name.removesuffix(" …") for name in NAMED if name.endswith(" …"))
    found = {event for module in (TOP / "gateway").rglob("*.py") for event in _events(module)}
    assert len(found) > 30
    assert {event for event in found - NAMED if not event.startswith(begun)} == set()


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

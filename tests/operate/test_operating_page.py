"""The page for operators explains everything that the log and the status may say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from gateway.errors import Refusal
from gateway.operate.request_log import Line
from gateway.serve.generation import State

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


def test_each_state_of_a_hook_is_explained() -> None:
    assert set(get_args(State)) <= NAMED

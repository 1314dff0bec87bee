"""The page about receiving has every handshake and every way to read a body."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest

from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.language.spec import Receive
from gateway.language.spec.handshakes import ChallengeHandshake, LongHandshake

PAGE = (Path(__file__).parents[3] / "docs" / "receiving.md").read_text()
HOOKS = [
    dedent(hook) for hook in re.findall(r"^ *```yaml\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize("kind", get_args(LongHandshake), ids=lambda kind: kind.__name__)
def test_every_handshake_has_a_row(kind: type) -> None:
    tag = kind.__struct_config__.tag  # type: ignore[attr-defined]
    section = PAGE.partition("## Handshakes")[2]
    assert f"| `{tag}` |" in section or f"type: {tag}," in section


def test_every_key_has_a_row() -> None:
    rows = set(re.findall(r"^\| `(\w+)[:`]", PAGE, re.MULTILINE))
    assert set(Receive.__struct_encode_fields__) <= rows
    assert set(ChallengeHandshake.__struct_encode_fields__) <= rows


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_of_the_page_is_sound(hook: str) -> None:
    reading = read_source(Source("page.yaml", hook.encode()))
    assert reading.diagnostics == ()
    assert len(reading.hooks) == 1

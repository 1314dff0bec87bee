"""The page about keys and tokens shows hooks that work, and every reason of a refusal."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from gateway.compile.guards.untrusted import Outcome
from gateway.language.read import read
from gateway.language.source import Source

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs" / "tokens.md").read_text()


def test_the_hooks_of_the_page_have_no_findings() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    reading = read(
        [Source(f"{number}.yaml", block.encode()) for number, block in enumerate(blocks)]
    )
    assert len(reading.hooks) == len(blocks) == 3
    assert not reading.diagnostics


def test_every_outcome_is_explained() -> None:
    table = "".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([a-z]+-[a-z]+)`", table)) == set(get_args(Outcome))

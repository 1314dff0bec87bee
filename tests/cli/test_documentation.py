"""What the page about the command line shows is what comes back."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
PLACEHOLDER = "…"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _examples() -> list[tuple[str, str]]:
    """Each command of the page with the output that is shown below it."""
    block = "".join(_blocks("console"))
    found = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    assert len(found) > 8
    return found


def test_each_example_gives_what_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "hooks.d").mkdir()
    (tmp_path / "hooks.d" / "orders.yaml").write_text(_blocks("yaml")[0])
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    for command, shown in _examples():
        done = subprocess.run(
            ["bash", "-c", f"({command}) 2>&1"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        expected = ".*".join(map(re.escape, shown.split(PLACEHOLDER)))
        assert re.fullmatch(expected, done.stdout, re.DOTALL), (command, done.stdout)

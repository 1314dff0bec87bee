"""The page about plans shows what comes back, and its recipe runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.plan.page import PAGE, plan_page
from tests.support.command import called
from tests.support.repository import Repository

TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


OLD, NEW, RECIPE = blocks("yaml")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """`main` and `HEAD` of the page; `HEAD` is a merge."""
    made = Repository(tmp_path / "repository")
    made.commit({"hooks.d/orders.yaml": OLD})
    made.git("checkout", "--quiet", "-b", "branch")
    made.commit({"hooks.d/orders.yaml": NEW})
    made.git("checkout", "--quiet", "--detach", "main")
    made.git("merge", "--quiet", "--no-ff", "branch")
    return made


def test_the_table_of_kinds_is_the_one_of_the_code() -> None:
    assert plan_page() == TEXT


def test_the_example_gives_what_the_page_shows(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = re.findall(
        r"^```console\n\$ gateway (.*?)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL
    )
    monkeypatch.chdir(repository.top)
    assert called(capsys, *shlex.split(block[0])) == (0, block[1], "")


def test_the_recipe_tells_and_then_fails_for_a_risk(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.top)
    steps = yaml.safe_load(RECIPE)["jobs"]["plan"]["steps"]
    commands = [step["run"] for step in steps if step.get("run", "").startswith("gateway ")]
    ended = {}
    for command in commands:
        arguments = shlex.split(command.partition(">")[0])
        ended[arguments[-1]] = called(capsys, *arguments[1:])
    assert ended["github"][0] == 0
    assert ended["markdown"][1].startswith("### Hooks: 1 risk, 1 info\n")
    assert ended["risk"][0] == 1

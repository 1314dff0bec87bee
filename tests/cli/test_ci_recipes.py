"""The recipes for CI are what their platforms take, and their commands do what they are for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jq  # type: ignore[import-not-found]
import pytest
from jsonschema import Draft7Validator
from junitparser import JUnitXml

from gateway.language.findings import Findings
from gateway.language.yaml12 import documents
from tests.support.command import within
from tests.support.gateway import write_files

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "ci.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^```(\w+)\n# (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
YAML = [(name, text) for kind, name, text in RECIPES if kind == "yaml" and name.startswith(".")]
PUBLISHED = {
    ".github/workflows/": "github-workflows.json",
    ".gitlab-ci.yml": "gitlab-ci.json",
}
"""Where a recipe lives → the platform's schema, as check-jsonschema carries it."""

HOOKS = {
    "hooks.d/a.yaml": "name: a\nauthentication: none\nmetod: GET\nworkflow: http://a/run\n",
    "hooks.d/b.yaml": "name: b\nworkflow: http://a/run\n",
}


def value(text: str) -> Any:
    """The value of a YAML file."""
    findings = Findings("recipe.yaml")
    (document,) = documents(text.encode(), findings)
    assert not findings.sorted()
    return document.value


def schema_of(name: str) -> Any:
    published = next(file for prefix, file in PUBLISHED.items() if name.startswith(prefix))
    vendored = files("check_jsonschema.builtin_schemas.vendor") / published
    return json.loads(vendored.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "text"), [one for one in YAML if "pre-commit" not in one[0]])
def test_a_recipe_is_what_its_platform_takes(name: str, text: str) -> None:
    assert not list(Draft7Validator(schema_of(name)).iter_errors(value(text)))


def run(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """A command of a recipe, with `gateway` on the path."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=directory, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def commands() -> list[str]:
    """Each command of a recipe that checks hooks, once."""
    found = re.findall(r"- (?:run: )?(gateway validate .*)", "\n".join(text for _, text in YAML))
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A directory with an error and a warning, and how each command ended in it."""
    directory = write_files(tmp_path_factory.mktemp("broken"), HOOKS)
    return directory, {command: run(command, directory).returncode for command in commands()}


Broken = tuple[Path, dict[str, int]]


def test_each_command_of_a_recipe_fails_for_an_error(broken: Broken) -> None:
    expected = {command: 0 if command.endswith("|| true") else 1 for command in commands()}
    assert broken[1] == expected


def test_warnings_fail_only_where_the_recipe_is_strict(tmp_path: Path) -> None:
    write_files(tmp_path, {name: text.replace("metod", "method") for name, text in HOOKS.items()})
    for command in commands():
        arguments = re.split(" >| [|]", command)[0].split()[1:]
        done = within(*arguments, directory=tmp_path)
        assert done.returncode == ("--strict" in command), command


def test_the_reports_of_gitlab_are_reports(broken: Broken) -> None:
    directory, _ = broken
    assert JUnitXml.fromfile(str(directory / "hooks.xml")).failures == 1
    (program,) = [text for kind, _, text in RECIPES if kind == "jq"]
    quality = jq.compile(program).input_text((directory / "hooks.json").read_text()).first()
    assert [(one["check_name"], one["severity"]) for one in quality] == [
        ("unknown-key", "major"),
        ("public-hook", "minor"),
    ]
    assert quality[0]["location"] == {"path": "hooks.d/a.yaml", "lines": {"begin": 3, "end": 3}}
    assert quality[0]["description"] == "'metod' is not a key of a hook (did you mean 'method'?)"
    assert len({one["fingerprint"] for one in quality}) == 2


def test_the_report_of_github_is_one(broken: Broken) -> None:
    (found,) = json.loads((broken[0] / "hooks.sarif").read_text())["runs"]
    assert [one["ruleId"] for one in found["results"]] == ["unknown-key", "public-hook"]


def test_pre_commit_checks_all_hooks_when_one_changes(tmp_path: Path) -> None:
    (hook,) = value((TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] in PAGE
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "hooks.d/sub/a.yml")
    assert not re.search(hook["files"], "charts/hooks.d/a.yaml")
    write_files(tmp_path, HOOKS)
    done = run(" ".join([hook["entry"], *hook["args"]]), tmp_path)
    assert (done.returncode, done.stdout.count("hooks.d/a.yaml:3:1")) == (1, 1)

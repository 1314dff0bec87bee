"""The schema is printed for pipes and written for repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import called

TOP = Path(__file__).parents[2]


def test_what_is_printed_is_the_schema_of_the_repository(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, text, said = called(capsys, "schema")
    assert (status, said) == (0, "")
    assert text == (TOP / "schemas" / "hook.schema.json").read_text()
    assert json.loads(text)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_it_is_written_into_a_directory_that_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "new" / "schemas"
    status, text, said = called(capsys, "schema", "--write", str(directory))
    assert (status, text) == (0, "")
    assert said == f"wrote {directory}/hook.schema.json\n"
    assert (directory / "hook.schema.json").read_text() == called(capsys, "schema")[1]


def test_what_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    status, _, said = called(capsys, "schema", "--write", str(tmp_path / "file" / "schemas"))
    assert status == 2
    assert f"gateway: cannot write {tmp_path}/file/schemas/hook.schema.json: " in said


@pytest.mark.parametrize(
    ("flag", "page"), [("--reference", "language.md"), ("--diagnostics", "diagnostics.md")]
)
def test_the_pages_are_those_of_the_repository(
    flag: str, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(capsys, "schema", flag)[1] == (TOP / "docs" / page).read_text()

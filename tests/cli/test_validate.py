"""All mistakes at once, the most severe first, for eyes and for programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.cli.formats import FORMATS
from tests.support.command import called, run
from tests.support.gateway import write_files

WARNED = "name: {name}\nworkflow: http://127.0.0.1:9000/run/x\n"
BROKEN = "name: {name}\nauthentication: none\nmetod: POST\nworkflow: ftp://x\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory where a warning comes before an error, and one after."""
    files = {
        "hooks.d/a.yaml": WARNED.format(name="a"),
        "hooks.d/b.yaml": BROKEN.format(name="b"),
        "hooks.d/c.yml": WARNED.format(name="c"),
        "hooks.d/.d.yaml": "not read",
        "hooks.d/_e.yaml": "not read",
        "hooks.d/f.txt": "not read",
    }
    monkeypatch.chdir(write_files(tmp_path, files))
    return tmp_path


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"junit"}))
def test_errors_come_before_warnings(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, text, said = called(capsys, "validate", "--format", form)
    assert (status, said) == (1, "")
    results = text[text.index('"results"') :] if form == "sarif" else text
    assert results.rindex("bad-format") < results.index("public-hook")


@pytest.mark.usefixtures("site")
def test_eyes_get_the_line_and_what_may_stand_there(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = called(capsys, "validate")
    assert text.startswith(
        "hooks.d/b.yaml:3:1: error[unknown-key]: 'metod' is not a key of a hook\n"
        "   3 | metod: POST\n"
        "     | ^^^^^ did you mean 'method'?\n"
        "hooks.d/b.yaml:4:11: error["
    )
    assert text.endswith("3 files, 3 hooks: 2 errors, 2 warnings\n")


@pytest.mark.usefixtures("site")
def test_programs_get_counts_and_places(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = called(capsys, "validate", "--format", "json")
    found = json.loads(text)
    assert {key: found[key] for key in ("files", "hooks", "errors", "warnings")} == {
        "files": 3, "hooks": 3, "errors": 2, "warnings": 2,
    }  # fmt: skip
    assert found["diagnostics"][0] == {
        "file": "hooks.d/b.yaml",
        "place": {"line": 3, "column": 1, "end_line": 3, "end_column": 6},
        "severity": "error",
        "code": "unknown-key",
        "message": "'metod' is not a key of a hook",
        "hint": "did you mean 'method'?",
        "hook": "b",
    }


def test_warnings_fail_only_where_that_is_asked_for(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "hooks.d/b.yaml").unlink()
    assert called(capsys, "validate")[0] == 0
    assert called(capsys, "validate", "--strict")[0] == 1
    write_files(site, {"hooks.d/a.yaml": WARNED.format(name="a") + "authentication: none\n"})
    status, text, _ = called(capsys, "validate", "--strict", "hooks.d/a.yaml")
    assert (status, text) == (0, "1 file, 1 hook: no findings\n")


@pytest.mark.usefixtures("site")
def test_a_file_that_is_named_twice_is_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = called(capsys, "validate", "hooks.d/a.yaml", "./hooks.d/a.yaml", "hooks.d")
    assert "duplicate-name" not in text
    assert "3 files, 3 hooks" in text


def test_the_standard_input_is_a_file_too() -> None:
    done = run("validate", "-", stdin=BROKEN.format(name="b").encode())
    assert done.returncode == 1
    assert done.stdout.startswith("<stdin>:3:1: error[unknown-key]")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "cannot read nothing: No such file or directory"),
        (["hooks.d", "empty"], "there is no hook file (*.yaml, *.yml) in empty"),
        (["--format", "xml"], "'xml' is not one of"),
    ],
)
def test_a_check_that_checks_nothing_does_not_pass(
    arguments: list[str], message: str, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "empty").mkdir()
    status, text, said = called(capsys, "validate", *arguments)
    assert (status, text) == (2, "")
    assert message in said


def test_what_cannot_be_read_of_a_directory_is_told_with_everything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_files(tmp_path / "all", {"b.yaml": "metod: GET\n", "secret": "canary"})
    (root / "a.yaml").symlink_to("nowhere")
    (root / "z.yaml").symlink_to("/proc/self/environ")
    os.mkfifo(root / "c.yaml")
    status, text, _ = called(capsys, "validate", str(root), "--format", "json")
    assert status == 1
    found = {(Path(one["file"]).name, one["code"]) for one in json.loads(text)["diagnostics"]}
    assert found >= {
        ("a.yaml", "unreadable"),
        ("c.yaml", "not-a-file"),
        ("z.yaml", "unreadable"),
        ("b.yaml", "unknown-key"),
    }
    for form in FORMATS:
        assert called(capsys, "validate", str(root), "--format", form)[0] == 1
    assert called(capsys, "routes", str(root))[0] == 1

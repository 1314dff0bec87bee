"""`gateway plan` says what a change means, for people, for pull requests, for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.plan import KINDS, LEVELS
from tests.support.command import called, run, terminal

HOOK = """\
name: paris
method: POST
authentication: {type: bearer, tokens: [{secret: paris}]}
workflow: http://flows/paris
"""
PUBLIC = HOOK.replace("{type: bearer, tokens: [{secret: paris}]}", "none")
FORMATS = ("text", "markdown", "json")


def directory(path: Path, text: str) -> str:
    path.mkdir(exist_ok=True)
    (path / "hooks.yaml").write_text(text)
    return str(path)


@pytest.fixture
def old(tmp_path: Path) -> str:
    return directory(tmp_path / "old", HOOK)


@pytest.fixture
def new(tmp_path: Path) -> str:
    return directory(tmp_path / "new", PUBLIC)


def test_the_most_dangerous_change_stands_first_with_its_place(old: str, new: str) -> None:
    done = run("plan", old, new)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "risk[now-public] paris: anyone may call the hook; it required a bearer token\n"
        f"  {new}/hooks.yaml:3:1, was at {old}/hooks.yaml:3:1\n"
        "  - a bearer token: the secret 'paris'\n"
        "  + nothing\n"
        "info[secret-unneeded] paris: no hook refers to the secret 'paris' any more\n"
        f"  was at {old}/hooks.yaml:3:42\n"
        "  - secret: paris\n"
        "1 risk, 1 info\n"
    )


def test_programs_get_every_change_with_both_places(
    capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    status, told, _ = called(capsys, "plan", old, new, "--format", "json")
    assert status == 0
    whole = json.loads(told)
    assert (whole["old"], whole["new"]) == (old, new)
    assert whole["counts"] == {"risk": 1, "notice": 0, "info": 1}
    assert whole["changes"][0] == {
        "level": "risk",
        "kind": "now-public",
        "hook": "paris",
        "message": "anyone may call the hook; it required a bearer token",
        "was": "a bearer token: the secret 'paris'",
        "now": "nothing",
        "at": {"file": f"{new}/hooks.yaml", "line": 3, "column": 1},
        "before": {"file": f"{old}/hooks.yaml", "line": 3, "column": 1},
    }
    assert set(whole["changes"][1]) == {"level", "kind", "hook", "message", "was", "before"}


@pytest.mark.parametrize("form", FORMATS)
def test_equal_trees_are_no_change(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, form: str
) -> None:
    again = directory(tmp_path / "again", "# moved about\n" + HOOK.replace("POST", "[POST]"))
    status, told, said = called(capsys, "plan", old, again, "--format", form, "--fail-on", "any")
    assert (status, said) == (0, "")
    if form == "json":
        assert json.loads(told)["changes"] == []
    else:
        assert "no change" in told


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (PUBLIC, {"risk", "notice", "any"}),
        (HOOK.replace("name", "response: status\nname"), {"notice", "any"}),
        (HOOK.replace("name", "description: Another.\nname"), {"any"}),
        (HOOK, set()),
    ],
    ids=["risk", "notice", "info", "none"],
)
def test_the_exit_status_is_that_of_the_gravest_change(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    old: str,
    form: str,
    change: str,
    fails: set[str],
) -> None:
    new = directory(tmp_path / "new", change)
    for level in ("risk", "notice", "any", "never"):
        status, _, _ = called(capsys, "plan", old, new, "--format", form, "--fail-on", level)
        assert status == (level in fails)
    assert called(capsys, "plan", old, new, "--format", form)[0] == 0


def test_a_file_is_known_again_below_another_directory(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for top in (old, new):
        (top / "team").mkdir(parents=True)
        (top / "team" / "paris.yaml").write_text(HOOK)
    assert called(capsys, "plan", str(old), f"{new}/")[1] == "no change\n"
    (new / "team").rename(new / "teams")
    _, told, _ = called(capsys, "plan", str(old), str(new))
    assert told.startswith("info[hook-moved] paris: the hook is now in ")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_said_about_hooks_with_errors(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, form: str
) -> None:
    new = directory(tmp_path / "new", HOOK + "metod: POST\n")
    for pair in ((old, new), (new, old)):
        status, told, said = called(capsys, "plan", *pair, "--format", form)
        assert (status, told) == (2, "")
        assert f"{new}/hooks.yaml:5:1: error[unknown-key]" in said
        assert f"gateway: {new} has errors, so the change cannot be explained" in said


def test_warnings_do_not_stand_in_the_way(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, new: str
) -> None:
    silent = directory(tmp_path / "silent", PUBLIC.replace("authentication: none\n", ""))
    assert called(capsys, "plan", silent, new) == (0, "no change\n", "")


def test_hooks_appear_in_a_directory_that_had_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, new: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    status, told, _ = called(capsys, "plan", str(empty), new)
    assert status == 0
    assert told.startswith("risk[public-hook-added] paris: ")
    status, told, said = called(capsys, "plan", str(empty), str(empty))
    assert (status, told) == (2, "")
    assert "there is no hook file" in said


def test_colours_are_for_terminals(old: str, new: str) -> None:
    with terminal("plan", old, new) as shown:
        assert shown.wait() == 0
    assert "\x1b[31m" in shown.shown
    with terminal("plan", old, new, environment={"NO_COLOR": "1"}) as plain:
        assert plain.wait() == 0
    assert "\x1b[" not in plain.shown


def test_the_help_explains_the_levels() -> None:
    done = run("plan", "--help")
    assert done.returncode == 0
    assert "--fail-on" in done.stdout
    for level in LEVELS:
        assert level in done.stdout
    assert {kind.level for kind in KINDS.values()} == set(LEVELS)

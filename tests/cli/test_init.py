"""`gateway init` writes what `gateway dev` serves, and nothing over anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from gateway.language.read import read, read_source
from gateway.language.schema import editor_schema
from gateway.language.senders import PRESETS
from gateway.language.source import Source
from tests.support.command import ask, called, terminal, within
from tests.support.gateway import write_files
from tests.support.ports import free_port

EXAMPLES = {path.name: path.read_bytes() for path in (files("gateway") / "examples").iterdir()}
ASYMMETRIC = {"discord", "kick", "sendgrid", "wise"}
"""Senders whose public key nobody here can make."""


def tree(directory: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    found = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in found}


def test_there_is_an_example_for_each_sender_and_one_more() -> None:
    assert EXAMPLES.keys() == {"hello.yaml", *(f"{sender}.yaml" for sender in PRESETS)}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_has_no_finding_and_has_the_line_for_editors(name: str) -> None:
    reading = read_source(Source(name, EXAMPLES[name]))
    assert reading.diagnostics == ()
    assert len(reading.hooks) == 1
    first = EXAMPLES[name].splitlines()[0]
    assert first == b"# yaml-language-server: $schema=../schemas/hook.schema.json"


def test_all_examples_go_together() -> None:
    assert read([Source(name, data) for name, data in EXAMPLES.items()]).diagnostics == ()


@pytest.mark.parametrize("sender", [None, *sorted(PRESETS)])
def test_it_writes_a_hook_with_its_secret_that_is_opened_by_its_sender(
    tmp_path: Path, sender: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--from", sender) if sender else ()
    status, said, _ = called(capsys, "init", *arguments, str(tmp_path / "new"))
    assert status == 0
    made = tree(tmp_path / "new")
    example = f"{sender or 'hello'}.yaml"
    assert made[f"hooks.d/{example}"] == EXAMPLES[example]
    assert json.loads(made["schemas/hook.schema.json"]) == editor_schema()
    assert made[".gitignore"] == b"/secrets/\n/state/\n"
    assert f"  cd {tmp_path / 'new'}\n" in said
    assert " dev " in said
    secrets = tmp_path / "new" / "secrets"
    assert secrets.stat().st_mode & 0o077 == 0
    if sender in ASYMMETRIC:
        assert "must contain the sender's public key" in said
        return
    for path in secrets.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_text().strip() not in said
    (hook,) = read_source(Source("a", EXAMPLES[example])).hooks
    line = ("sign", hook.spec.name, "--hooks", str(tmp_path / "new" / "hooks.d"))
    status, said, _ = called(capsys, *line, "--secrets", str(secrets))
    assert (status, said[:5]) == (0, "curl ")


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    mine = {
        "hooks.d/hello.yaml": "name: mine\nworkflow: http://a/run\n",
        "schemas/hook.schema.json": "{}",
        "secrets/hello-token": "of-mine",
        ".gitignore": "*.pyc\nsecrets",
    }
    write_files(tmp_path, mine)
    done = within("init", directory=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    expected = {name: text.encode() for name, text in mine.items()}
    assert tree(tmp_path) == {**expected, ".gitignore": b"*.pyc\nsecrets\n/state/\n"}
    assert "kept hooks.d/hello.yaml: it already exists" in done.stdout
    before = tree(tmp_path)
    within("init", directory=tmp_path)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("rest", ["", "metod: POST\n"])
def test_no_second_hook_of_a_name_is_written(tmp_path: Path, rest: str) -> None:
    (tmp_path / "hooks.d").mkdir()
    mine = f"name: github-push\nworkflow: http://a/run\n{rest}"
    (tmp_path / "hooks.d" / "mine.yaml").write_text(mine)
    done = within("init", "--from", "github", directory=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kept hooks.d/mine.yaml: it has a hook named 'github-push'\n" in done.stdout
    assert os.listdir(tmp_path / "hooks.d") == ["mine.yaml"]
    assert not (tmp_path / "secrets").exists()


def test_the_next_steps_call_the_command_as_it_was_called(tmp_path: Path) -> None:
    installed = Path(sys.executable).with_name("gateway")
    called = os.path.relpath(installed, tmp_path)
    for arguments, shown in (((), called), (("new",), str(tmp_path / called))):
        said = subprocess.run(
            [called, "init", *arguments],
            cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert f"\n  {shown} dev " in said


def test_a_link_in_the_place_of_a_secret_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "hello-token").symlink_to(tmp_path / "elsewhere")
    assert within("init", directory=tmp_path).returncode == 0
    assert not (tmp_path / "elsewhere").exists()


def test_what_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "hooks.d").write_text("a file")
    done = within("init", directory=tmp_path)
    assert (done.returncode, done.stderr) == (2, "gateway: cannot write hooks.d: File exists\n")


def test_a_sender_that_is_not_known_is_refused_with_those_that_are(tmp_path: Path) -> None:
    done = within("init", "--from", "gihub", directory=tmp_path)
    assert done.returncode == 2
    assert "'github'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_init_wrote_is_served_and_called_as_its_next_steps_say(tmp_path: Path) -> None:
    within("init", "--from", "github", directory=tmp_path)
    port = free_port()
    with terminal("dev", "--port", str(port), directory=tmp_path, columns=400) as screen:
        screen.wait_for("serving")
        assert ask(port, "/-/readyz").status_code == 200
        line = f"gateway sign github-push --url http://127.0.0.1:{port} | sh"
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert json.loads(done.stdout) == {
            "workflow": "push", "received": {"ref": "refs/heads/main"},
        }  # fmt: skip
        screen.send("\x03")
        assert screen.wait() == 0

"""Whatever a hook file holds, what is printed of it has no say in a terminal, nor in a shell."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from gateway.cli.curl import Call, curl_line
from gateway.cli.formats import FORMATS
from gateway.errors import OperatorError
from gateway.language.escaping import escaped
from tests.support.command import called, terminal
from tests.support.ports import free_port

HOSTILE = "\x1b]0;title\x07\n\r\x9b31m\u202e\u2028%s'$(touch x)\\"
WRITTEN = json.dumps(HOSTILE)
HOOKS = f"""\
name: told
description: {WRITTEN}
method: POST
authentication:
  {{type: jwt, issuer: {WRITTEN}, audience: a, algorithms: [RS256], jwks: 'https://a.example/'}}
match:
  headers: {{X-Event: {WRITTEN}, X-Sort: "a\\u202eb'$(touch x)%s"}}
  query: {{q: {WRITTEN}}}
  body: {{a: {WRITTEN}}}
workflow: http://workflows.internal/told
---
name: open
method: [GET, POST]
authentication:
  type: basic
  users: [{{username: "a\\u202e\\u0085'$(touch x)", password: {{secret: p}}}}]
match:
  headers: {{X-Event: {WRITTEN}, X-Sort: "a\\u202eb'$(touch x)%s"}}
  query: {{q: {WRITTEN}}}
  body: {{a: {WRITTEN}}}
workflow: http://workflows.internal/open
"""
BROKEN = (
    f"name: {WRITTEN}\n{WRITTEN}: 1\nmethod: {WRITTEN}\nworkflow: {WRITTEN}\nmatch: {WRITTEN}\n"
)
UNSEEN = re.compile(r"[^\n\t -~\u00a0-\u2027\u202f-\U0010ffff]")


@pytest.fixture
def hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    directory = tmp_path / "hooks.d"
    directory.mkdir()
    (directory / "told.yaml").write_text(HOOKS)
    (directory / "\x1b[31m\u202e.yaml").write_text(BROKEN)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "p").write_text("password")
    return directory


@pytest.mark.usefixtures("hooks")
@pytest.mark.parametrize(
    "arguments",
    [
        *(("validate", "--format", form) for form in FORMATS),
        ("routes",),
        ("routes", "--format", "json"),
        ("sign", "open"),
        ("sign", "t\x1b[31mold"),
    ],
)
def test_nothing_that_is_printed_acts_on_a_terminal(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    _, text, said = called(capsys, *arguments)
    assert UNSEEN.findall(text + said) == []
    assert text or said


@pytest.mark.usefixtures("hooks")
def test_a_line_that_is_signed_is_one_line_with_the_headers_that_can_be_sent(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, line, _ = called(capsys, "sign", "open")
    assert (status, line.count("\n")) == (0, 1)
    assert "X-Event" not in line
    words = _words(line, tmp_path)
    assert "X-Sort: a\u202eb'$(touch x)%s" in words
    assert "a\u202e\u0085'$(touch x):password" in words
    assert not (tmp_path / "x").exists()


def _words(line: str, directory: Path) -> list[str]:
    """What curl would be given."""
    script = 'curl() { printf "%s\\0" "$@"; }\n' + line
    done = subprocess.run(
        ["sh"], input=script.encode(), capture_output=True, cwd=directory, check=True
    )
    return done.stdout.decode().split("\0")


@pytest.mark.parametrize("value", ["a\r\nX-Admin: 1", "a\nb", "a\rb", "a\0b"])
def test_a_header_that_would_be_two_is_never_written(value: str) -> None:
    with pytest.raises(OperatorError, match="X-A cannot be sent"):
        curl_line(Call(method="GET", base="http://a", path="/", headers=(("X-A", value),)))


def test_a_description_takes_one_line_of_what_dev_prints(hooks: Path, tmp_path: Path) -> None:
    (hooks / "\x1b[31m\u202e.yaml").unlink()
    ports = ("--port", str(free_port()))
    with terminal("dev", *ports, directory=tmp_path, columns=4000) as screen:
        screen.wait_for("# told: ")
        screen.wait_for("# open\r")
        screen.send("\x03")
        screen.wait()
    (described,) = re.findall("  # told: (.*)\r", screen.shown)
    assert described == escaped(HOSTILE)

"""What answers where is listed for eyes, for `cut` and for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.command import called, run, terminal
from tests.support.gateway import write_files

LONG = "http://workflows.internal/run/" + "a-long-name/" * 20
FILES = {
    "a.yaml": f"name: plain\nworkflow: {LONG}\n",
    "b.yaml": """\
name: many
path: /cities/{city}
method: [POST, PUT]
authentication: {type: bearer, tokens: [{secret: a}, {secret: b}]}
workflow: {url: "http://[::1]:9000/run/b"}
---
name: off
enabled: false
authentication: {type: basic, users: [{username: u, password: {secret: p}}]}
workflow: http://127.0.0.1:9000/run/off
""",
    "c/d.yaml": """\
name: files
method: POST
handshake: dropbox
allow_from: [192.0.2.0/24, 198.51.100.0/24]
authentication: {type: signature, scheme: github, secrets: [{secret: s}]}
workflow: http://127.0.0.1:9000/run/files
---
name: own
method: POST
authentication:
  type: signature
  scheme: {header: X-Sig, signed: "{body}"}
  secrets: [{secret: s}]
workflow: http://127.0.0.1:9000/run/own
---
name: keyed
authentication: {type: api-key, query: key, keys: [{secret: k}]}
workflow: http://127.0.0.1:9000/run/keyed
---
name: headed
authentication: {type: api-key, header: X-Gitlab-Token, keys: [{secret: k}]}
workflow: http://127.0.0.1:9000/run/headed
---
name: issued
authentication: {type: jwt, issuer: "https://i.example/\\t\\e[31m", audience: a,
  algorithms: [RS256], jwks: "https://i.example/keys"}
workflow: http://127.0.0.1:9000/run/issued
""",
}
AUTHENTICATION = {
    "/hooks/plain": "none",
    "/cities/{city}": "bearer (2)",
    "/hooks/off": "basic (1)",
    "/hooks/files": "signature github, networks (2), handshake dropbox",
    "/hooks/own": "signature X-Sig",
    "/hooks/keyed": "api-key ?key (1)",
    "/hooks/headed": "api-key X-Gitlab-Token (1)",
    "/hooks/issued": "jwt https://i.example/ ·[31m",
}
BROKEN = "name: broken\nmetod: POST\nworkflow: http://127.0.0.1:9000/run/x\n"


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A directory of sound hooks."""
    return write_files(tmp_path / "hooks.d", FILES)


def test_on_a_pipe_each_hook_is_a_line_of_seven_fields(
    hooks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text, said = called(capsys, "routes", str(hooks))
    assert (status, said) == (0, "")
    rows = {fields[1]: fields for fields in (line.split("\t") for line in text.splitlines())}
    assert {path: row[2] for path, row in rows.items()} == AUTHENTICATION
    assert {len(row) for row in rows.values()} == {7}
    assert rows["/hooks/plain"] == [
        "GET", "/hooks/plain", "none", LONG, f"{hooks}/a.yaml", "enabled", "plain",
    ]  # fmt: skip
    assert rows["/cities/{city}"][0] == "POST,PUT"
    assert rows["/cities/{city}"][3] == "http://[::1]:9000/run/b"
    assert rows["/hooks/files"][0] == "POST,GET"
    assert rows["/hooks/off"][5] == "disabled"
    assert list(rows) == sorted(rows)


def test_programs_get_the_same_as_json(hooks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text, _ = called(capsys, "routes", str(hooks), "--format", "json")
    assert status == 0
    found = {one["path"]: one for one in json.loads(text)}
    assert found["/hooks/off"] == {
        "name": "off",
        "methods": ["GET"],
        "path": "/hooks/off",
        "authentication": "basic (1)",
        "workflow": "http://127.0.0.1:9000/run/off",
        "file": f"{hooks}/b.yaml",
        "line": 7,
        "enabled": False,
    }
    assert found.keys() == AUTHENTICATION.keys()


def test_a_broken_file_is_counted_and_the_sound_ones_are_listed(
    hooks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(hooks, {"x.yaml": BROKEN, "y.yaml": f"{BROKEN}---\n{BROKEN}"})
    status, text, said = called(capsys, "routes", str(hooks))
    assert status == 1
    assert len(text.splitlines()) == len(AUTHENTICATION)
    assert said == f"gateway: 2 files have errors; to list them, run: gateway validate {hooks}\n"


def test_one_file_can_be_listed_and_nothing_is_an_error(
    hooks: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called(capsys, "routes", str(hooks / "a.yaml"))[1].count("\n") == 1
    status, _, said = called(capsys, "routes", str(hooks / "nothing"))
    assert (status, "cannot read" in said) == (2, True)
    monkeypatch.chdir(hooks)
    status, _, said = called(capsys, "routes")
    assert (status, said.strip()) == (
        2,
        "gateway: the directory hooks.d does not exist. To use another one, run: "
        "gateway routes PATH. To write a first hook, run: gateway init",
    )


@pytest.mark.parametrize("columns", [80, 400])
def test_a_terminal_shows_every_field_whole_where_it_fits(columns: int, hooks: Path) -> None:
    environment = {"NO_COLOR": "1"}
    with terminal(
        "routes", "hooks.d", directory=hooks.parent, columns=columns, environment=environment
    ) as screen:
        assert screen.wait() == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.shown).splitlines()
    shown = "\n".join(lines)
    assert max(map(len, lines)) <= columns
    assert all(path in shown for path in AUTHENTICATION)
    assert {"plain", "many", "headed"} <= set(shown.split())
    assert all(words in shown for words in AUTHENTICATION.values())
    assert "/hooks/off (disabled)" in shown
    assert "http://[::1]:9000/run/b" in shown
    assert "hooks.d/c/d.yaml" in shown
    assert LONG in "".join(line.strip() for line in lines)


def test_a_pipe_has_no_colours(hooks: Path) -> None:
    assert "\x1b" not in run("routes", str(hooks), environment={"TERM": "xterm"}).stdout

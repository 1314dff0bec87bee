"""A token is shown once, its digest lands in the hook file, and nothing else changes there."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from gateway.cli.replacing import replace
from gateway.errors import OperatorError
from tests.support.command import COMMAND, called, run, terminal, within
from tests.support.gateway import gateway
from tests.support.workflow import Workflow

CASES = sorted((Path(__file__).parent.parent / "cases" / "token").glob("*.yaml"))
BEARER = """\
name: orders
method: POST
authentication:
  type: bearer
  tokens:
    - secret: orders-token   # of the shop
workflow: http://127.0.0.1:9000/run/orders
"""


def _digest(token: str) -> str:
    return sha256(token.strip().encode()).hexdigest()


def _file(directory: Path, text: str, name: str = "orders.yaml") -> Path:
    path = directory / name
    path.write_bytes(text.encode())
    return path


def test_on_a_pipe_the_token_stands_alone_and_its_digest_apart() -> None:
    done = run("token")
    assert done.returncode == 0
    assert re.fullmatch(r"whg_[A-Za-z0-9_-]{43}\n", done.stdout)
    assert done.stderr == f"sha256: {_digest(done.stdout)}\n"


def test_no_two_tokens_are_the_same() -> None:
    assert within("token").stdout != within("token").stdout


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_digest_lands_where_the_layout_wants_it(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = case.read_text().split("=====\n")
    path = _file(tmp_path, before)
    arguments = ["--hook", "orders"] if "name: other" in before else []
    status, token, said = called(capsys, "token", str(path), "--write", *arguments)
    assert status == 0, said
    digest = _digest(token)
    assert path.read_text() == after.replace("DIGEST", digest)
    line = 1 + path.read_text()[: path.read_text().index(digest)].count("\n")
    assert said == f"{path}:{line}: added sha256: {digest}\n"


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_line_ends_and_a_byte_order_mark_stay(
    end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = "\ufeff" + BEARER.replace("\n", end)
    path = _file(tmp_path, written)
    _, token, _ = called(capsys, "token", str(path), "--write")
    added = f"    - sha256: {_digest(token)}{end}"
    assert path.read_bytes() == written.replace("workflow:", added + "workflow:").encode()


def test_a_file_without_a_final_newline_gets_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, workflow = BEARER.split("workflow: ")
    path = _file(tmp_path, f"workflow: {workflow}{head}".removesuffix("\n"))
    _, token, _ = called(capsys, "token", str(path), "--write")
    assert path.read_text().endswith(f"# of the shop\n    - sha256: {_digest(token)}")


def test_without_write_the_place_is_shown_and_the_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, BEARER)
    status, token, said = called(capsys, "token", str(path))
    assert status == 0
    assert path.read_text() == BEARER
    assert f"{path}:7: would be added" in said
    assert f"    - sha256: {_digest(token)}" in said


REFUSED = {
    "public on purpose": ("authentication: none\n", "`authentication: none`"),
    "basic": (
        "authentication: {type: basic, users: [{username: a, password: {secret: b}}]}\n",
        "of type basic",
    ),
    "signature": (
        "authentication: {type: signature, scheme: github, secrets: [{secret: b}]}\n",
        "Change it to `type: bearer` first",
    ),
    "an error": ("authentification: none\n", "error[unknown-key]"),
    "an unusual layout": ("?\n  workflow\n: http://127.0.0.1/\n", "add the entry by hand"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_take_a_token_stays_and_no_token_is_made(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written, message = REFUSED[name]
    workflow = "" if "workflow" in written else "workflow: http://127.0.0.1:9000/run/x\n"
    path = _file(tmp_path, "name: orders\n" + written + workflow)
    before = path.read_bytes()
    for arguments in ([], ["--write"]):
        status, token, said = called(capsys, "token", str(path), *arguments)
        assert (status, token) == (1, "")
        assert message in said
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["orders.yaml"]


def test_two_hooks_of_one_name_are_an_error_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, f"{BEARER}---\n{BEARER}")
    status, _, said = called(capsys, "token", str(path), "--write", "--hook", "orders")
    assert status == 1
    assert "error[duplicate-name]" in said


USAGE = {
    "--write": "--write and --hook need a FILE",
    "--hook orders": "--write and --hook need a FILE",
    "- --write": "--write cannot write to standard input",
    "two.yaml --write": "choose one with --hook: orders, other",
    "two.yaml --write --hook third": "there is no hook 'third' in the file; it has orders, other",
    "nothing.yaml --write": "cannot read nothing.yaml: No such file or directory",
    "no/where.yaml --write": "no: No such file or directory",
    ". --write": "cannot read .: Is a directory",
}


@pytest.mark.parametrize("line", USAGE)
def test_wrong_usage_says_what_is_missing(
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _file(tmp_path, f"{BEARER}---\n{BEARER.replace('name: orders', 'name: other')}", "two.yaml")
    monkeypatch.chdir(tmp_path)
    status, token, said = called(capsys, "token", *line.split())
    assert (status, token) == (2, "")
    assert USAGE[line] in said


def test_mode_and_links_stay(tmp_path: Path) -> None:
    path = _file(tmp_path, BEARER)
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("orders.yaml")
    assert within("token", str(link), "--write").returncode == 0
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.yaml", "orders.yaml"]


def test_who_has_the_old_file_open_reads_it_to_its_end(tmp_path: Path) -> None:
    path = _file(tmp_path, BEARER)
    with path.open() as old:
        assert within("token", str(path), "--write").returncode == 0
        assert old.read() == BEARER


def test_what_cannot_be_written_leaves_the_file_and_no_other(tmp_path: Path) -> None:
    path = _file(tmp_path, BEARER)
    line = f'ulimit -f 0; exec {" ".join(COMMAND)} token "$0" --write'
    done = subprocess.run(["bash", "-c", line, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot write {path}: File too large" in done.stderr
    assert path.read_text() == BEARER
    assert os.listdir(tmp_path) == ["orders.yaml"]


def test_a_change_by_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    path = _file(tmp_path, "mine\n")
    with pytest.raises(OperatorError, match="changed while the command ran"):
        replace(path, b"what was read\n", b"what was made of it\n")
    assert path.read_text() == "mine\n"
    assert os.listdir(tmp_path) == ["orders.yaml"]


def test_commands_at_the_same_time_lose_no_token(tmp_path: Path) -> None:
    path = _file(tmp_path, BEARER)
    with ThreadPoolExecutor(5) as pool:
        done = list(pool.map(lambda _: run("token", str(path), "--write"), range(5)))
    written = yaml.safe_load(path.read_text())["authentication"]["tokens"]
    assert {one.get("sha256") for one in written[1:]} == {_digest(one.stdout) for one in done}
    assert len(written) == 6


def test_the_token_opens_the_hook_that_it_was_added_to(tmp_path: Path, workflow: Workflow) -> None:
    path = _file(tmp_path, f"name: orders\nmethod: POST\nworkflow: {workflow.url}/run/orders\n")
    token = within("token", str(path), "--write").stdout.strip()
    with gateway(tmp_path, {"orders.yaml": path.read_text()}) as server:
        right = {"Authorization": f"Bearer {token}"}
        assert server.request("POST", "/hooks/orders", headers=right).status_code == 200
        assert server.request("POST", "/hooks/orders").status_code == 401


def test_a_terminal_without_a_tool_is_asked_itself() -> None:
    with terminal("token") as screen:
        assert screen.wait() == 0
    token = re.search(r"whg_[\w-]{43}", screen.shown)
    assert token is not None
    assert f"\x1b]52;c;{b64encode(token[0].encode()).decode()}\x07" in screen.shown
    assert "It was sent to the terminal's clipboard (OSC 52)" in screen.shown
    assert f"  - sha256: {_digest(token[0])}" in screen.shown


def test_a_terminal_that_cannot_copy_is_told_so() -> None:
    with terminal("token", environment={"TERM": "dumb"}) as screen:
        assert screen.wait() == 0
    assert "It was not copied, because no clipboard was found." in screen.shown
    assert "\x1b" not in screen.shown


@pytest.fixture
def tools(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A directory on PATH for clipboard tools, and the environment that has it."""
    directory = tmp_path / "tools"
    directory.mkdir()
    path = f"{directory}:{os.environ['PATH']}"
    return directory, {"PATH": path, "DISPLAY": ":7", "WAYLAND_DISPLAY": "wayland-7"}


def _tool(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("name", ["wl-copy", "xclip", "xsel"])
def test_a_local_tool_gets_the_token(
    name: str, tools: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    directory, environment = tools
    if name == "xsel":
        _tool(directory, "xclip", "exit 1  # as without a display that answers")
    _tool(directory, name, f"cat > {tmp_path}/clipboard")
    with terminal("token", environment=environment) as screen:
        assert screen.wait() == 0
    copied = (tmp_path / "clipboard").read_text()
    assert f"It was copied to the clipboard ({name})." in screen.shown
    assert screen.shown.startswith(f"{copied}\r\n")
    assert "\x1b]52" not in screen.shown


def test_a_pipe_never_touches_the_clipboard(tools: tuple[Path, dict[str, str]]) -> None:
    directory, environment = tools
    _tool(directory, "xclip", f"touch {directory}/used")
    assert within("token", environment=environment).returncode == 0
    assert not (directory / "used").exists()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_inside_tmux_its_buffer_has_the_token(tmp_path: Path) -> None:
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    command = " ".join([*COMMAND, "token", f"2>{tmp_path}/said;", "sleep 60"])
    subprocess.run([*tmux, "new-session", "-d", "-x", "120", command], check=True)
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "said").exists() or not (tmp_path / "said").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        shown = subprocess.check_output([*tmux, "capture-pane", "-p"], text=True)
        assert subprocess.check_output([*tmux, "show-buffer"], text=True) == shown.strip()
        assert "It was copied to the paste buffer of tmux." in (tmp_path / "said").read_text()
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)

"""A fresh clone does its main job: every line that `gateway dev` prints can be typed."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.command import Terminal, ask, terminal
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "hooks.d"
VARIES = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}|(?<="duration_ms":)[0-9.]+')
PRINTED = re.findall(
    r"^\$ (curl .*|\.venv/bin/gateway sign .*)\n(\{.*)$",
    (ROOT / "README.md").read_text(),
    re.MULTILINE,
)


class Running(NamedTuple):
    """A started `gateway dev`: its directory and its screen."""

    directory: Path
    screen: Terminal
    port: int

    def type(self, line: str, *configuration: str) -> subprocess.CompletedProcess[str]:
        """Run a line as a person in the clone would. `configuration` is curl's."""
        (self.directory / ".curlrc").write_text("\n".join(("silent", "show-error", *configuration)))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.directory, env={"PATH": path, "CURL_HOME": str(self.directory)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The examples, served in a directory of their own, as a person would."""
    directory = tmp_path_factory.mktemp("clone")
    shutil.copytree(EXAMPLES, directory / "hooks.d")
    port = free_port()
    with terminal("dev", "--port", str(port), directory=directory, columns=4000) as screen:
        screen.wait_for("serving")
        assert ask(port, "/-/readyz").status_code == 200
        yield Running(directory, screen, port)
        screen.send("\x03")
        assert screen.wait() == 0
        assert "Traceback" not in screen.shown


def test_each_line_that_is_printed_starts_its_workflow(dev: Running) -> None:
    lines = re.findall(r"^  # .*\r\n  (.+)\r$", dev.screen.shown, re.MULTILINE)
    assert len(lines) == len(list(EXAMPLES.glob("*.yaml")))
    for line in lines:
        done = dev.type(line, "fail")
        said = re.sub(r"gateway: the signature is valid for \d+m\n", "", done.stderr)
        assert (done.returncode, said) == (0, ""), line
        assert done.stdout.startswith(("{", "See "))
        assert "ignored" not in done.stdout


def test_durable_hooks_have_a_place_for_their_runs_and_it_is_said_for_how_long(
    dev: Running,
) -> None:
    assert (
        "Runs are stored until the command ends. To keep them, set --state DIR." in dev.screen.shown
    )
    assert "needs a state directory" not in dev.screen.shown


def test_the_lines_about_runs_find_a_run_and_deliver_it_again(dev: Running) -> None:
    typed = r"^  (export GATEWAY_TOKEN=.*|curl .*/hooks/invoice-created.*|.* runs .*)\r$"
    call, export, listing, show, replay = re.findall(typed, dev.screen.shown, re.MULTILINE)
    run = json.loads(dev.type(f"{call} -H 'Prefer: respond-async'").stdout)["run"]
    dev.screen.wait_for("run succeeded after 1 attempt")
    assert run in dev.type(f"{export}; {listing}").stdout
    for line, said in ((show, "state: succeeded"), (replay, "is replayed")):
        done = dev.type(f"{export}; {line.replace('RUN', run)}")
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout


def test_the_readme_shows_what_comes_back(dev: Running) -> None:
    base = f"http://127.0.0.1:{dev.port}"
    assert len(PRINTED) == 14
    for line, answer in PRINTED:
        typed = line.replace("http://127.0.0.1:8080", base).replace(".venv/bin/", "")
        done = dev.type(typed.replace(" | sh", f" --url {base} | sh"))
        assert VARIES.sub("…", done.stdout.strip()) == VARIES.sub("…", answer), line


def test_the_secrets_that_the_hooks_name_are_made_for_nobody_else(dev: Running) -> None:
    secrets = dev.directory / "secrets"
    assert {"basic-password", "bearer-token"} <= set(os.listdir(secrets))
    assert (secrets / "contacts-signing").read_text().startswith("whsec_")
    assert secrets.stat().st_mode & 0o077 == 0
    for path in secrets.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert len(path.read_text().strip()) >= 32
        assert path.read_text().strip() not in dev.screen.shown


REAL = """\
name: paris
description: "Starts\\nParis.\\e[31m"
authentication: none
workflow:
  url: {url}/run/real?from=paris
  method: {method}
"""


@contextmanager
def serving(directory: Path, text: str, *flags: str) -> Iterator[tuple[int, Terminal]]:
    """`gateway dev` on a directory of somebody's own."""
    (directory / "mine").mkdir()
    (directory / "mine" / "paris.yaml").write_text(text)
    port = free_port()
    arguments = ("dev", "mine", "--port", str(port), *flags)
    with terminal(*arguments, directory=directory, columns=400) as screen:
        screen.wait_for("serving")
        yield port, screen
        screen.send("\x03")
        assert screen.wait() == 0


def test_no_workflow_is_called(tmp_path: Path, workflow: Workflow) -> None:
    before = len(workflow.received)
    text = REAL.format(url=workflow.url, method="GET")
    posting = REAL.replace("name: paris", "name: posting").format(url=workflow.url, method="POST")
    with serving(tmp_path, f"{text}---\n{posting}") as (port, screen):
        for name in ("paris", "posting"):
            said = ask(port, f"/hooks/{name}?city=Paris").json()
            assert said["workflow"] == "real"
            assert said["received"]["city"] == "Paris"
        changed = text.replace("/real", "/changed")
        (tmp_path / "mine" / "paris.yaml").write_text(changed)
        until(lambda: ask(port, "/hooks/paris?a=b").json()["workflow"] == "changed")
    assert len(workflow.received) == before
    assert "# paris: Starts\\u000aParis.\\u001b[31m\r\n" in screen.shown


def test_the_workflow_is_called_where_that_is_asked_for(tmp_path: Path, workflow: Workflow) -> None:
    text = REAL.format(url=workflow.url, method="POST")
    with serving(tmp_path, text, "--real") as (port, _):
        assert ask(port, "/hooks/paris?city=Paris").status_code == 200
    assert workflow.received[-1].target == "/run/real?from=paris"


def test_where_nothing_is_there_init_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    with terminal("dev", directory=tmp_path, columns=400) as screen:
        assert screen.wait() == 2
    assert "gateway init" in screen.shown
    assert list(tmp_path.iterdir()) == []


def test_where_no_hook_can_be_tried_the_remedy_is_shown(tmp_path: Path) -> None:
    with serving(tmp_path, "name: paris\nmetod: POST\n") as (_, screen):
        pass
    assert "Some hooks of mine have errors. To list the errors, run: " in screen.shown
    assert "Try, " not in screen.shown


def test_where_there_is_no_hook_init_is_named(tmp_path: Path) -> None:
    (tmp_path / "hooks.d").mkdir()
    with terminal("dev", "--port", str(free_port()), directory=tmp_path, columns=400) as screen:
        screen.wait_for("serving")
        screen.send("\x03")
        assert screen.wait() == 0
    assert "There is no hook in hooks.d. To write a first hook, run: gateway init" in screen.shown
    assert "Try, " not in screen.shown
    assert "no hook is served until the directory contains a valid one" in screen.shown


def test_a_taken_port_is_said_before_anything_to_try(dev: Running) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        with terminal("dev", "--port", port, directory=dev.directory) as screen:
            assert screen.wait() == 2
    assert "cannot listen on" in screen.shown
    assert "curl" not in screen.shown

"""A fresh clone does its main job: every line that `gateway dev` prints can be typed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.command import Terminal, ask, terminal
from tests.support.gateway import free_port

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
    echo = free_port()
    for path in (directory / "hooks.d").iterdir():
        path.write_text(path.read_text().replace(":9000/", f":{echo}/"))
    port = free_port()
    arguments = ("dev", "--port", str(port), "--echo-port", str(echo))
    with terminal(*arguments, directory=directory, columns=4000) as screen:
        screen.wait_for("admin token made")
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
        said = re.sub(r"gateway: the signature holds for \d+m\n", "", done.stderr)
        assert (done.returncode, said) == (0, ""), line
        assert done.stdout.startswith("{")
        assert "ignored" not in done.stdout


def test_the_readme_shows_what_comes_back(dev: Running) -> None:
    base = f"http://127.0.0.1:{dev.port}"
    assert len(PRINTED) == 12
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


def test_a_taken_echo_port_is_said_with_the_remedy(dev: Running) -> None:
    taken = re.search(r":(\d+)/run/", (dev.directory / "hooks.d" / "01-get.yaml").read_text())
    assert taken is not None
    arguments = ("dev", "--port", str(free_port()), "--echo-port", taken[1])
    with terminal(*arguments, directory=dev.directory, columns=200) as screen:
        assert screen.wait() == 2
    assert f"the echo workflow cannot listen on port {taken[1]}" in screen.shown
    assert "--echo-port" in screen.shown


def test_a_taken_port_is_said_before_anything_to_try(dev: Running) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        with terminal("dev", "--port", port, directory=dev.directory) as screen:
            assert screen.wait() == 2
    assert "cannot listen on" in screen.shown
    assert "curl" not in screen.shown

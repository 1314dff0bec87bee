"""The server starts from flags or from its environment, and says plainly why it does not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import ask, called, run, terminal
from tests.support.gateway import ADMIN, ADMIN_TOKEN, write_files
from tests.support.ports import free_port
from tests.support.workflow import Workflow

HOOK = "name: a\nauthentication: none\nworkflow: {url}/run/a\n"


@pytest.fixture
def site(tmp_path: Path, workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with hooks and secrets."""
    files = {"hooks.d/a.yaml": HOOK.format(url=workflow.url), "secrets/admin": ADMIN_TOKEN}
    monkeypatch.chdir(write_files(tmp_path, files))
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_environment_is_enough_and_ctrl_c_is_a_good_end(site: Path) -> None:
    port = free_port()
    environment = {
        "GATEWAY_HOOKS": str(site / "hooks.d"),
        "GATEWAY_PORT": str(port),
        "GATEWAY_SECRETS": str(site / "secrets"),
        "GATEWAY_ADMIN_TOKEN": "admin",
        "GATEWAY_LOG_FORMAT": "json",
        "GATEWAY_STRICT": "1",
    }
    with terminal("serve", environment=environment, directory=Path("/"), columns=400) as screen:
        screen.wait_for(f'"url":"http://127.0.0.1:{port}"')
        answer = ask(port, "/hooks/a")
        status = ask(port, "/-/status", ADMIN)
        screen.send("\x03")
        assert screen.wait() == 0
    assert answer.status_code == 200
    assert status.status_code == 200
    assert "Traceback" not in screen.shown


@pytest.mark.usefixtures("site")
def test_a_flag_wins_over_its_variable(
    taken: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "no port at all")
    status, _, said = called(capsys, "serve", "--port", str(taken))
    assert status == 2
    assert f"cannot listen on 127.0.0.1:{taken}" in said


@pytest.mark.usefixtures("site")
def test_a_bad_variable_is_named_by_its_flag(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "eighty")
    status, _, said = called(capsys, "serve")
    assert status == 2
    assert "'--port'" in said
    assert "'eighty' is not a whole number from 1 to 65535" in said


REFUSED = {
    "serve nothing": "the hooks directory nothing does not exist",
    "serve hooks.d/a.yaml": "hooks.d/a.yaml is a file: name its directory, hooks.d",
    "dev hooks.d/a.yaml": "hooks.d/a.yaml is a file: name its directory, hooks.d",
    "serve --secrets nothing": "--secrets: nothing is not a directory",
    "serve --host 192.0.2.1": "cannot listen on 192.0.2.1:8080: Cannot assign requested address",
    "serve --host 2001:db8::1": "cannot listen on [2001:db8::1]:8080: ",
    "serve --admin-token admin": "set --secrets to the directory that contains it",
}


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_served_is_said_before_anything_is(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text, said = called(capsys, *line.split())
    assert (status, text) == (2, "")
    assert REFUSED[line] in said
    assert said.startswith("gateway: ")


@pytest.mark.usefixtures("site")
def test_a_taken_port_is_said_with_the_remedy(taken: int) -> None:
    done = run("serve", "--port", str(taken))
    assert done.returncode == 2
    assert done.stderr == (
        f"gateway: cannot listen on 127.0.0.1:{taken}: Address already in use; "
        "choose another address with --host or --port\n"
    )


def test_strict_does_not_start_with_an_error(site: Path) -> None:
    write_files(site, {"hooks.d/b.yaml": "name: b\n"})
    done = run("serve", "--strict", "--port", str(free_port()), directory=site)
    assert done.returncode == 1
    assert "missing-key" in done.stdout + done.stderr

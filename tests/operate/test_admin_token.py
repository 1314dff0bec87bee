"""Who may ask for the status and a reload: the bearer of a token that nobody finds by trying."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import ask, called, terminal
from tests.support.gateway import ADMIN, ADMIN_TOKEN, Gateway, gateway, write_files
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow

HOOK = "name: admin\nmethod: POST\nauthentication: none\nworkflow: {url}/run/a\n"
CLOSED = "This endpoint is closed: the gateway was started without --admin-token."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nope", "secret 'nope' is missing; to create one, run: openssl rand -hex 32 > secrets/n"),
        ("empty", "secret 'empty' is empty; to create one,"),
        ("short", "secret 'short' has 31 bytes, but an admin token needs at least 32"),
    ],
)
def test_an_admin_token_that_opens_nothing_is_not_served_with(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    files = {"hooks.d/a.yaml": HOOK, "secrets/empty": "\n", "secrets/short": "x" * 31 + "\n"}
    monkeypatch.chdir(write_files(tmp_path, files))
    arguments = ("--secrets", "secrets", "--admin-token", name, "--port", str(free_port()))
    status, text, error = called(capsys, "serve", *arguments)
    assert (status, text) == (2, "")
    assert error.startswith(f"gateway: --admin-token: {said}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """One that has an admin token."""
    hooks = {"a.yaml": HOOK.format(url=workflow.url)}
    directory = tmp_path_factory.mktemp("admin")
    with gateway(directory, hooks, "--trusted-proxies", "127.0.0.0/8") as found:
        yield found


def test_metrics_ask_for_the_token_where_callers_could_read_them(server: Gateway) -> None:
    assert server.request("GET", "/-/metrics").status_code == 401
    answer = server.request("GET", "/-/metrics", headers=ADMIN)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "gateway_generation 1.0" in answer.text


def test_guessing_the_admin_token_is_limited_for_the_guesser_alone(server: Gateway) -> None:
    for wrong in ("x", "x" * 32):
        guesser = {"Authorization": f"Bearer {wrong}", "X-Forwarded-For": f"8.8.8.{len(wrong)}"}
        seen = [server.request("GET", "/-/status", headers=guesser) for _ in range(12)]
        assert [one.status_code for one in seen] == [401] * 10 + [429] * 2
        assert seen[0].json()["detail"].startswith("This endpoint requires the admin token")
        assert seen[0].headers["WWW-Authenticate"].startswith("Bearer ")
        assert int(seen[-1].headers["Retry-After"]) > 0
    assert server.request("GET", "/-/status", headers=ADMIN).status_code == 200
    assert server.request("POST", "/hooks/admin").status_code == 200
    assert "8.8.8" not in ADMIN_TOKEN
    assert ADMIN_TOKEN not in server.output()


def test_an_admin_token_that_gets_lost_closes_what_it_opened(server: Gateway) -> None:
    secret = server.log.parent / "secrets" / "admin"
    assert server.request("POST", "/-/reload", headers=ADMIN).status_code == 200
    secret.write_text("short\n")
    try:
        until(lambda: server.request("GET", "/-/status", headers=ADMIN).status_code == 503)
        answer = server.request("GET", "/-/status", headers={"Authorization": "Bearer short"})
    finally:
        secret.write_text(ADMIN_TOKEN)
    assert answer.status_code == 503
    assert "secret" not in answer.json()["detail"]
    refused = [line for line in server.lines() if line["path"] == "/-/status"]
    reasons = {line["reason"] for line in refused if line["status"] == 503}
    assert reasons == {"secret 'admin' has 5 bytes, but an admin token needs at least 32"}


def test_without_a_terminal_no_admin_token_is_made(tmp_path: Path, workflow: Workflow) -> None:
    hooks = {"a.yaml": HOOK.format(url=workflow.url)}
    with gateway(tmp_path, hooks, "--admin-token", "") as server:
        for method, path in (("GET", "/-/status"), ("POST", "/-/reload"), ("GET", "/-/metrics")):
            for headers in ({}, {"Authorization": "Bearer"}, ADMIN):
                answer = server.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["detail"]) == (403, CLOSED)
        assert server.request("GET", "/-/readyz").status_code == 200
        (line,) = server.lines("status, reload and metrics are closed: there is no admin token")
        assert line["hint"] == "set --admin-token to the name of a secret of at least 32 bytes"
        assert "token=" not in server.output()


@pytest.mark.parametrize("log_format", ["auto", "json"])
def test_a_terminal_is_shown_the_token_of_this_start(
    log_format: str, tmp_path: Path, workflow: Workflow
) -> None:
    write_files(tmp_path, {"hooks.d/a.yaml": HOOK.format(url=workflow.url)})
    port = free_port()
    arguments = ("serve", "--port", str(port), "--log-format", log_format)
    with terminal(*arguments, directory=tmp_path, columns=400) as screen:
        screen.wait_for(f"http://127.0.0.1:{port}")
        found = re.search(r"The admin token until the next start: ([\w-]{43})\r\n", screen.shown)
        token = found[1] if found else "none"
        answer = ask(port, "/-/status", {"Authorization": f"Bearer {token}"})
        screen.send("\x03")
        assert screen.wait() == 0
    assert answer.status_code == (200 if log_format == "auto" else 403)
    assert bool(found) == (log_format == "auto")

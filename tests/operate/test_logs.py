"""What the process says of itself: whole lines, no secrets, and nobody it depends on."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.gateway import ADMIN_TOKEN, Gateway, gateway
from tests.support.polling import until
from tests.support.raw import Caller, exchange, request
from tests.support.workflow import Workflow

HOOKS = """
name: open
method: POST
authentication: none
workflow: {url: "URL/run/open", headers: {X-Own: canary-own-header}}
---
name: locked
method: POST
authentication: {type: bearer, tokens: [{secret: caller, label: the-caller}]}
match: {body: {CityName: {in: [Paris, canary-rule]}}, query: {q: {exists: true}}}
workflow: {url: "URL/run/locked", authentication: {type: bearer, token: {secret: workflow}}}
---
name: error
method: POST
authentication: none
workflow: URL/status/500
"""
SECRETS = {"caller": "canary-caller", "workflow": "canary-workflow"}
ANSWERED = len(
    b'{"workflow": "/run/locked", "received": {"CityName": "Paris", "a": "canary-body"}}'
)
BODY = b'{"CityName": "Paris", "a": "canary-body"}'


def hooks(workflow: Workflow) -> dict[str, str]:
    return {"hooks.yaml": HOOKS.replace("URL", workflow.url)}


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """A gateway that logs as much as it can."""
    directory = tmp_path_factory.mktemp("logs")
    with gateway(directory, hooks(workflow), "--log-level", "debug", secrets=SECRETS) as running:
        yield running


def call(running: Gateway, path: bytes, token: bytes, name: bytes, body: bytes = BODY) -> int:
    headers = (
        b"Authorization: Bearer " + token,
        b"Cookie: session=canary-cookie",
        b"X-Request-Id: " + name,
        b"X-Other: canary-header",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
    )
    target = path + b"?q=canary-query"
    return exchange(running.port, request(target, *headers, body=body)).status


def test_each_request_is_one_line_that_tells_what_became_of_it(talkative: Gateway) -> None:
    assert call(talkative, b"/hooks/locked", b"canary-caller", b"whole") == 200
    line = talkative.wait_for_line(request_id="whole")
    assert line.keys() == {
        *("event", "level", "time", "request_id", "hook", "run", "method", "path", "status"),
        *("outcome", "duration_ms", "workflow_ms"),
        *("client", "credential", "bytes_in", "bytes_out"),
    }
    assert (line["hook"], line["method"], line["path"]) == ("locked", "POST", "/hooks/locked")
    assert (line["status"], line["outcome"], line["level"]) == (200, "succeeded", "info")
    assert line["duration_ms"] >= line["workflow_ms"] > 0
    assert line["run"]
    assert (line["client"], line["credential"]) == ("127.0.0.1", "the-caller")
    assert (line["bytes_in"], line["bytes_out"]) == (len(BODY), ANSWERED)
    assert len([one for one in talkative.lines() if one["request_id"] == "whole"]) == 1


@pytest.mark.parametrize(
    "bytes_of_request",
    [
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"no request\r\n\r\n",
        request(b"/hooks/none"),
        request(b"/hooks/open", b"Expect: miracles", method=b"HEAD"),
        request(b"/hooks/none", method=b"HEAD"),
    ],
    ids=["long", "malformed", "unknown", "head-at-the-wire", "head"],
)
def test_the_size_of_a_refusal_is_that_of_the_body_that_was_sent(
    talkative: Gateway, bytes_of_request: bytes
) -> None:
    with Caller(talkative.port) as caller:
        to_head = bytes_of_request.startswith(b"HEAD")
        answer = caller.send(bytes_of_request).answer(to_head=to_head)
    line = talkative.wait_for_line(request_id=answer.headers["x-request-id"])
    assert line["bytes_out"] == len(answer.body)


@pytest.mark.parametrize(
    ("path", "token", "body", "status", "outcome"),
    [
        (b"/hooks/locked", b"canary-wrong", BODY, 401, "unauthenticated"),
        (b"/hooks/locked", b"canary-caller", b'{"CityName": "canary"}', 422, "no-match"),
        (b"/hooks/locked", b"canary-caller", b'{"canary": 1, "canary": 2}', 400, "malformed"),
        (b"/hooks/locked", b"canary-caller", b"canary", 400, "malformed"),
        (b"/hooks/none", b"canary-caller", BODY, 404, "not-found"),
        (b"/hooks/error", b"canary-caller", BODY, 502, "failed"),
        (b"/hooks/open", b"canary-caller", BODY, 200, "succeeded"),
        (b"/-/status", b"canary-caller", BODY, 405, "method-not-allowed"),
    ],
)
def test_no_line_holds_what_callers_and_files_keep_for_themselves(
    talkative: Gateway, path: bytes, token: bytes, body: bytes, status: int, outcome: str
) -> None:
    name = f"{status}-{path.decode().replace('/', '.').strip('.-')}-{len(body)}"
    assert call(talkative, path, token, name.encode(), body) == status
    assert talkative.wait_for_line(request_id=name)["outcome"] == outcome
    assert "canary" not in talkative.output()
    assert ADMIN_TOKEN not in talkative.output()


def test_every_request_is_one_line_however_it_ends(talkative: Gateway) -> None:
    json = b"Content-Type: application/json"
    requests = {
        "fine": request(b"/hooks/open"),
        "unowned": request(b"/hooks/none"),
        "dots": request(b"/hooks/../open"),
        "long": request(b"/hooks/" + b"x" * 9000),
        "method": request(b"/hooks/open", method=b"DELETE"),
        "short": request(b"/hooks/open", json, b"Content-Length: 9", body=b"{}"),
        "failing": request(b"/hooks/error"),
    }
    for name, sent in requests.items():
        head, _, rest = sent.partition(b"\r\n")
        exchange(talkative.port, head + b"\r\nX-Request-Id: one-" + name.encode() + b"\r\n" + rest)
    for name in requests:
        talkative.wait_for_line(request_id=f"one-{name}")
    seen = [line["request_id"] for line in talkative.lines()]
    assert sorted(one for one in seen if one.startswith("one-")) == sorted(
        f"one-{name}" for name in requests
    )


def test_questions_of_health_are_told_only_when_all_is_wanted(
    talkative: Gateway, workflow: Workflow
) -> None:
    talkative.request("GET", "/-/livez", headers={"X-Request-Id": "probe"})
    assert talkative.wait_for_line(request_id="probe")["level"] == "debug"
    talkative.request("GET", "/-/status", headers={"X-Request-Id": "intruder"})
    line = talkative.wait_for_line(request_id="intruder")
    assert (line["level"], line["outcome"]) == ("info", "unauthenticated")


@contextmanager
def piped(directory: Path, workflow: Workflow) -> Iterator[tuple[Gateway, int]]:
    """A gateway and the end of the pipe that its log can be read from."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)  # so that it is full soon
    try:
        with gateway(directory, hooks(workflow), secrets=SECRETS, stdout=writer) as running:
            os.close(writer)
            yield running, reader
    finally:
        with suppress(OSError):
            os.close(reader)


def post(running: Gateway, times: int) -> set[int]:
    return {exchange(running.port, request(b"/hooks/open")).status for _ in range(times)}


def test_a_log_that_is_read_late_and_then_never_again_stops_nothing(
    tmp_path: Path, workflow: Workflow
) -> None:
    with piped(tmp_path, workflow) as (running, reader):
        assert post(running, 200) == {200}
        text = b""
        while text.count(b'"request"') < 200:
            text += os.read(reader, 1 << 16)
        os.close(reader)
        assert post(running, 50) == {200}
        assert running.stop() == 0
    lines = [json.loads(line) for line in text.splitlines(keepends=True) if line[-1:] == b"\n"]
    assert not [line for line in lines if "lost" in line["event"]]


def test_a_log_that_nobody_reads_does_not_hold_up_the_end(
    tmp_path: Path, workflow: Workflow
) -> None:
    with piped(tmp_path, workflow) as (running, _reader):
        assert post(running, 200) == {200}
        assert running.stop() == 0


def test_a_terminal_shows_sentences(tmp_path: Path, workflow: Workflow) -> None:
    ours, theirs = pty.openpty()
    with (
        open(ours, "rb", buffering=0) as screen,
        gateway(
            tmp_path, hooks(workflow), secrets=SECRETS, stdout=theirs,
            environment={"NO_COLOR": "1"},
        ) as running,
    ):  # fmt: skip
        os.close(theirs)
        shown = bytearray()
        threading.Thread(target=_watch, args=(screen, shown), daemon=True).start()
        call(running, b"/hooks/open", b"x", b"a")
        call(running, b"/hooks/locked", b"x", b"refused")
        call(running, b"/hooks/error", b"x", b"failing")
        exchange(running.port, request(b"/hooks/%C2%9B31m%E2%80%AE", b"X-Request-Id: sly"))
        until(lambda: b"sly" in shown)
        text = shown.decode()
    sentence = r"\d\d:\d\d:\d\d POST /hooks/open 200 succeeded [\d.]+ ms \(workflow [\d.]+\) run="
    assert re.search(sentence, text)
    assert re.search(r"POST /hooks/locked 401 unauthenticated [\d.]+ ms .*request_id=refused", text)
    assert re.search(r"502 failed .* reason='the workflow answered 500'", text)
    assert r"/hooks/\x9b31m\u202e 404 not-found" in text
    assert not re.search("[\x1b\x9b\u202e]", text)


def _watch(screen: io.FileIO, shown: bytearray) -> None:
    with suppress(OSError):  # a terminal whose other side is closed answers with an error
        while chunk := screen.read(65536):
            shown.extend(chunk)

"""`gateway runs list` writes each page as it comes, and reads no further than it is read."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.cli.formats.json_text import json_text
from tests.support.command import listing, terminal

RUN = {
    "run": "0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41", "hook": "orders", "state": "dead",
    "attempts": 1, "held": "", "accepted_at": "2026-11-26T10:00:00.000Z", "next_attempt_at": None,
    "finished_at": "2026-11-26T10:00:01.000Z", "status_code": 422, "reason": "a\nb",
}  # fmt: skip
PAGE = 200
TOKEN = {"GATEWAY_TOKEN": "only for tests"}


@contextmanager
def operators(turn: Callable[[int], None], total: int) -> Iterator[str]:
    """The address of what answers as a gateway with so many runs. `turn` is called before each page
    with the number of runs that were told before.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            told = int(query.get("after", ["0"])[0])
            turn(told)
            count = min(int(query["limit"][0]), total - told)
            more = str(told + count) if told + count < total else ""
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"runs": [RUN] * count, "next": more}).encode())

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Gate:
    """Lets the first page through, and others once it is open."""

    def __init__(self) -> None:
        self.reached, self._open = threading.Event(), threading.Event()

    def __call__(self, told: int) -> None:
        if told:
            self.reached.set()
            assert self._open.wait(60)

    def open(self) -> None:
        self._open.set()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_page_is_written_before_the_next_one_is_there(form: str) -> None:
    gate, total = Gate(), PAGE + 50
    document = json_text({"runs": [RUN] * total, "next": ""})
    whole = document.splitlines(keepends=True)
    of_page = PAGE if form == "text" else len(json_text([RUN] * PAGE).splitlines()) - 1
    with (
        operators(gate, total) as url,
        listing("--url", url, "--limit", "1000", "--format", form, environment=TOKEN) as process,
    ):
        first = lines(process, of_page)
        gate.open()
        assert process.stdout is not None
        assert process.stderr is not None
        rest, said = process.stdout.read(), process.stderr.read()
        assert (process.wait(), said) == (0, "")
    if form == "json":
        assert "".join(first) + rest == "".join(whole)
    else:
        assert len({*first, *rest.splitlines(keepends=True)}) == 1
        assert len(rest.splitlines()) == 50


def test_nothing_more_is_read_once_the_reader_has_gone() -> None:
    endless = 1_000_000_000
    with (
        operators(lambda _told: None, endless) as url,
        listing("--url", url, "--limit", "100000", environment=TOKEN) as process,
    ):
        lines(process, 1)
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait()) == ("", 0)


def test_ctrl_c_ends_a_list_that_waits_for_its_next_page() -> None:
    gate = Gate()
    with (
        operators(gate, 1000) as url,
        listing("--url", url, "--limit", "1000", environment=TOKEN) as process,
    ):
        lines(process, PAGE)
        assert gate.reached.wait(60)
        process.send_signal(signal.SIGINT)
        assert (process.wait(), process.communicate()) == (130, ("", "\n"))
        gate.open()


def test_each_page_is_a_table_on_a_terminal() -> None:
    with (
        operators(lambda _told: None, PAGE + 1) as url,
        terminal(
            "runs", "list", "--url", url, "--limit", "1000", columns=200, environment=TOKEN
        ) as screen,
    ):
        assert screen.wait() == 0
    assert screen.shown.count("NEXT OR END") == 2
    assert screen.shown.count(str(RUN["run"])) == PAGE + 1

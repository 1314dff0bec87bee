"""Callers that wait for outcomes keep nobody else from having a run stored."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

from gateway.settings import Limits
from tests.delivery.site import delivering, hook
from tests.support.polling import until
from tests.support.workflow import Workflow

WAITING = b"POST /hooks/held HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nPrefer: wait=30\r\n\r\n"
MOST = Limits().in_flight_per_hook


def test_who_would_wait_as_one_too_many_is_told_at_once_where_to_ask(
    tmp_path: Path, workflow: Workflow
) -> None:
    text = hook("held", f"{workflow.url}/hang", delivery="concurrency: 512")
    flags = ("--target-concurrency", "512", "--drain", "0s")
    with ExitStack() as stack:
        running = stack.enter_context(delivering(tmp_path, workflow, *flags, text=text))
        for _ in range(MOST):
            caller = stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            caller.sendall(WAITING)
        until(lambda: len(workflow.received) >= MOST)
        further = running.request("POST", "/hooks/held", headers={"Prefer": "wait=30"})
    assert further.status_code == 202
    assert "preference-applied" not in further.headers

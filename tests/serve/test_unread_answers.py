"""A caller that does not read its answer is disconnected, and what it held is free again."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.support.gateway import gateway
from tests.support.polling import until
from tests.support.raw import request
from tests.support.workflow import Workflow

BODY = b"x" * 900_000
HOOK = "name: large\nauthentication: none\nworkflow: {url: URL/raw/unread}\n"


def open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def test_a_caller_that_does_not_read_its_answer_is_closed(
    tmp_path: Path, workflow: Workflow
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    workflow.raws["unread"] = head + BODY
    hooks = {"a.yaml": HOOK.replace("URL", workflow.url)}
    with gateway(tmp_path, hooks, limits={"write_timeout": 1.0}) as running, socket.socket() as one:
        (worker,) = running.workers()
        until(lambda: running.request("GET", "/-/livez").status_code == 200)
        before = open_files(worker)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", running.port))
        for _ in range(8):
            one.sendall(request(b"/hooks/large", method=b"GET"))
        until(lambda: open_files(worker) > before)
        until(lambda: open_files(worker) <= before)

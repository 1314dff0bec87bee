"""What a worker keeps in memory: little, and nothing that only other hooks need."""

from __future__ import annotations

import subprocess
import sys

from tests.serve.processes import resident
from tests.support.gateway import Gateway
from tests.support.raw import exchange, request

MOST = 90 * 1024
"""KiB."""


def test_a_worker_stays_small(limited: Gateway) -> None:
    body = b'{"CityName": "' + b"x" * 1000 + b'"}'
    post = request(b"/hooks/open", b"Content-Length: %d" % len(body), body=body)
    assert {exchange(limited.port, post).status for _ in range(300)} == {200}
    assert resident(limited) < MOST


def test_a_worker_imports_what_few_hooks_need_when_they_need_it() -> None:
    code = "import sys; from gateway.processes.worker.app import Worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    unneeded = {"jwt", "cryptography", "jsonschema", "hypothesis"}
    rare = {
        "gateway.language.lint",
        "gateway.language.yaml12",
        "gateway.compile.receiving.reader",
        "gateway.compile.handshakes.asking",
    }
    assert not (unneeded | rare) & set(done.stdout.split())


def test_the_supervisor_imports_no_tracebacks_that_nobody_sees() -> None:
    code = (
        "import sys; from gateway.cli.main import main\n"
        "try: main(['serve', 'nowhere'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert "gateway.processes.supervisor" in found
    assert not {"pygments", "rich.traceback", "rich.pretty"} & found

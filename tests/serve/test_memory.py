"""What a worker keeps in memory: little, and nothing that only other hooks need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gateway.processes.worker.__main__ import UNUSED
from tests.serve.processes import resident
from tests.support.gateway import Gateway
from tests.support.ports import free_port
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
    unneeded = {"jwt", "cryptography", "jsonschema", "hypothesis"}
    rare = {
        "gateway.language.lint",
        "gateway.language.yaml12",
        "gateway.compile.receiving.reader",
        "gateway.compile.handshakes.asking",
    }
    assert not (unneeded | rare) & _imported(code)


def test_a_worker_imports_no_package_that_is_optional_to_others() -> None:
    found = _imported("""
import os, sys
leader, closed = os.pipe()
os.close(closed)
sys.argv[1:] = [str(leader), "0", "0"]
from gateway.processes.worker.__main__ import UNUSED, main
try: main()
except EOFError: pass
from litestar import Litestar
Litestar(openapi_config=None, logging_config=None)
print(*(name for name in sys.modules if sys.modules[name] is not None))
""")
    assert "gateway.processes.worker.app" in found
    assert not {*UNUSED, "pygments"} & found


def test_the_supervisor_imports_nothing_of_what_answers_requests(tmp_path: Path) -> None:
    (tmp_path / "hook.yaml").write_text("name: one\nworkflow: http://127.0.0.1:9/\n")
    found = _imported(f"""
import sys, uvloop
def run(serving):
    serving.close()
    sys.exit()
uvloop.run = run
from gateway.cli.main import main
try: main(["serve", {str(tmp_path)!r}, "--port", "{free_port()}"])
except SystemExit: print(*sys.modules)
""")
    assert {"gateway.processes.supervisor", "gateway.language.read"} <= found
    assert not {"pygments", "rich.traceback", "rich_click", "jsonschema", "litestar"} & found
    mine = {name for name in found if name.startswith(("gateway.compile.", "gateway.wire."))}
    assert not mine


def _imported(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())

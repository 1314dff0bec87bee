"""Secrets rotate under load: nobody who signs with the old or the new one is ever refused."""

from __future__ import annotations

import hmac
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.reload.volumes import Volume
from tests.support.gateway import ADMIN_TOKEN, PATIENCE, Gateway, gateway
from tests.support.workflow import Workflow

BODY = b'{"ref":"refs/heads/main"}'
HOOK = """
name: signed
method: POST
authentication:
  {type: signature, scheme: github, secrets: [{secret: current}, {secret: previous}]}
workflow: URL/run/signed
limits: {failures: 1000000/1s}
"""
REPORT = """
done = function(summary)
  io.write(string.format('\\n{"requests":%d,"status":%d,"socket":%d}\\n', summary.requests,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def _signature(secret: str) -> str:
    return "sha256=" + hmac.digest(secret.encode(), BODY, "sha256").hex()


class Load:
    """wrk on the hook, its requests signed with each of the secrets in turn."""

    def __init__(self, directory: Path, server: Gateway, *secrets: str) -> None:
        signatures = ", ".join(f"'{_signature(secret)}'" for secret in secrets)
        script = directory / f"{time.monotonic_ns()}.lua"
        script.write_text(
            f"local signatures = {{{signatures}}}\nlocal turn = 0\n"
            "request = function()\n"
            "  turn = turn % #signatures + 1\n"
            "  return wrk.format('POST', '/hooks/signed', "
            "{['X-Hub-Signature-256'] = signatures[turn], ['Content-Type'] = 'application/json'}, "
            f"'{BODY.decode()}')\nend\n{REPORT}"
        )
        command = ["wrk", "-t1", "-c16", "-d60s", "--timeout", "20s", "-s", str(script), server.url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_what: object) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> dict[str, int]:
        """End it, and what it counted: `requests`, `status` (those not answered 2xx), `socket`."""
        self._process.send_signal(signal.SIGINT)
        output, _ = self._process.communicate(timeout=PATIENCE)
        counted: dict[str, int] = json.loads(output.splitlines()[-1])
        return counted


class Sender:
    """Whoever signs requests, and whoever writes the secrets of both sides."""

    def __init__(self, directory: Path, workflow: Workflow) -> None:
        self.directory = directory
        self.workflow = workflow
        self.volume = Volume(directory / "secrets")
        self.server: Gateway

    def write(self, current: str, previous: str, **more: str) -> None:
        """What kubelet does when the Secret was changed."""
        self.volume.write({"admin": ADMIN_TOKEN, "current": current, "previous": previous, **more})

    def load(self, *secrets: str) -> Load:
        """Traffic that has begun to arrive."""
        running = Load(self.directory, self.server, *secrets)
        self.wait_for_traffic()
        return running

    def wait_for_traffic(self) -> None:
        """Until some hundred requests more have started the workflow."""
        enough = len(self.workflow.received) + 300
        _until(lambda: len(self.workflow.received) > enough)

    def wait_for_status(self, secret: str, status: int) -> None:
        """Until a request that is signed with the secret gets the status."""
        headers = {"X-Hub-Signature-256": _signature(secret)}
        _until(
            lambda: (
                self.server.request(
                    "POST", "/hooks/signed", content=BODY, headers=headers
                ).status_code
                == status
            )
        )


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_nobody_is_refused_while_secrets_rotate_under_load(
    tmp_path: Path, workflow: Workflow
) -> None:
    secrets = [f"secret-number-{number}-of-the-sender" for number in range(4)]
    sender = Sender(tmp_path, workflow)
    sender.write(secrets[0], secrets[0])
    with gateway(tmp_path, {"a.yaml": HOOK.replace("URL", workflow.url)}) as sender.server:
        workers = sender.server.workers()
        for old, new in pairwise(secrets):
            with sender.load(old) as load:
                sender.write(new, old)
                sender.wait_for_status(new, 200)
                assert _refused(load) == 0
            with sender.load(old, new) as load:
                for number in range(3):
                    sender.write(new, old, unrelated=str(number))
                    sender.wait_for_traffic()
                assert _refused(load) == 0
        with sender.load(new) as load:
            sender.write(new, new)
            sender.wait_for_status(old, 401)
            assert _refused(load) == 0
        assert sender.server.workers() == workers


def _refused(load: Load) -> int:
    counted = load.stop()
    assert counted["requests"] > 300
    assert counted["socket"] == 0
    return counted["status"]

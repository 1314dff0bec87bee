"""Attempts of durable hooks are signed when they are made, with the secrets of then."""

from __future__ import annotations

import hmac
from pathlib import Path

from tests.delivery.site import delivering, outcome
from tests.support.workflow import Workflow

SECRET = "canary-of-the-signing-secret"
TEXT = """
name: signed
method: POST
authentication: none
workflow:
  url: URL/flaky/2
  forward_headers: [X-Message]
  authentication:
    type: signature
    scheme: {header: X-Signature, format: pairs, pair: v1, signed: "{id}.{timestamp}.{body}",
             timestamp: {pair: t, unit: ms}, id: {header: X-Id}}
    secrets: [{secret: signing}]
delivery: {type: durable, retry: {after: [1s]}}
"""


def test_each_attempt_is_signed_at_its_own_time(tmp_path: Path, workflow: Workflow) -> None:
    workflow.received.clear()
    workflow.flaky = 0
    text = TEXT.replace("URL", workflow.url)
    with delivering(tmp_path, workflow, text=text, secrets={"signing": SECRET}) as running:
        told = running.request("POST", "/hooks/signed", json={"n": 1}, headers={"X-Message": "m"})
        assert outcome(running, told.headers["location"])["status"] == "succeeded"
        first, second = workflow.received
        times = []
        for number, call in (("1", first), ("2", second)):
            stamp, signature = call.headers["x-signature"].split(",")
            signed = f"{call.headers['x-id']}.{stamp[2:]}.".encode() + call.body
            assert signature == "v1=" + hmac.digest(SECRET.encode(), signed, "sha256").hex()
            assert call.headers["x-id"] == call.headers["idempotency-key"] == told.json()["run"]
            assert (call.headers["x-message"], call.headers["gateway-attempt"]) == (
                "m",
                f"{number}",
            )
            times.append(int(stamp[2:]))
        assert times[0] < times[1]
        assert SECRET not in running.output()

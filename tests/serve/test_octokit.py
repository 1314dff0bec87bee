"""Every body that GitHub sends goes through a signed hook, and arrives as it was signed."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.support.gateway import gateway
from tests.support.octokit import deliveries
from tests.support.workflow import Workflow

SECRET = "It's a Secret to Everybody"
HOOK = """
name: github
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: github}]}
match: {body: {sender.login: {exists: true}}, otherwise: ignore}
workflow: URL/run/github
limits: {failures: 10000/1s}
"""


def test_every_octokit_example_starts_the_workflow_with_what_github_signed(
    tmp_path: Path, workflow: Workflow
) -> None:
    examples = deliveries(SECRET)
    workflow.received.clear()
    hooks = {"github.yaml": HOOK.replace("URL", workflow.url)}
    with (
        gateway(tmp_path, hooks, secrets={"github": SECRET}) as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):
        for event, body, signature in examples:
            headers = {
                "Content-Type": "application/json",
                "X-GitHub-Event": event,
                "X-Hub-Signature-256": signature,
            }
            answer = client.post("/hooks/github", content=body, headers=headers)
            assert answer.status_code == 200, (event, answer.text)
            changed = client.post("/hooks/github", content=body + b" ", headers=headers)
            assert changed.status_code == 401, event
    bodies = [json.loads(example.body) for example in examples]
    sent = [body for body in bodies if "sender" in body]
    assert len(sent) > 200
    assert [received.json() for received in workflow.received] == sent

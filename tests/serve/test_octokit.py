"""Every body that GitHub sends goes through a signed hook, and arrives as it was signed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.gateway import gateway
from tests.support.octokit import deliveries
from tests.support.workflow import Workflow

SECRET = "It's a Secret to Everybody"
HOOKS = """
name: github
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: github}]}
match: {body: {sender.login: {exists: true}}, otherwise: ignore}
workflow: URL/status/200
limits: {failures: 10000/1s}
---
name: github-forms
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: github}]}
receive: {field: payload}
match: {body: {sender.login: {exists: true}}, otherwise: ignore}
workflow: URL/status/200
limits: {failures: 10000/1s}
---
name: mapped
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: github}]}
workflow: {url: URL/status/200, data: &DATA}
limits: {failures: 10000/1s}
---
name: mapped-forms
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: github}]}
receive: {field: payload}
workflow: {url: URL/status/200, data: &DATA}
limits: {failures: 10000/1s}
""".replace(
    "&DATA",
    """{event: "${headers.X-GitHub-Event}", by: "${body.sender.login ?? 'nobody'}",
  repository: "${body.repository?}", title: "#${body.number ?? 0} ${body.action ?? ''}"}""",
)


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, workflow: Workflow
) -> Iterator[HTTPConnection]:
    """A connection to a gateway with the hooks above."""
    directory = tmp_path_factory.mktemp("octokit")
    hooks = {"github.yaml": HOOKS.replace("URL", workflow.url)}
    with gateway(directory, hooks, secrets={"github": SECRET}) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        yield connection
        connection.close()


def posted(
    client: HTTPConnection, name: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    """How a hook answers."""
    client.request("POST", f"/hooks/{name}", body, headers)
    answer = client.getresponse()
    return answer.status, answer.read()


def test_every_octokit_example_arrives_as_json_when_github_sends_a_form(
    client: HTTPConnection, workflow: Workflow
) -> None:
    examples = [one for one in deliveries(SECRET) if b'"sender"' in one.body]
    workflow.received.clear()
    for event, body, _ in examples:
        form = urlencode({"payload": body}).encode()
        digest = hmac.digest(SECRET.encode(), form, "sha256").hex()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Hub-Signature-256": f"sha256={digest}",
        }
        status, said = posted(client, "github-forms", form, headers)
        assert status == 200, (event, said)
    sent = [example.body for example in examples if "sender" in json.loads(example.body)]
    assert len(sent) > 200
    assert [received.body for received in workflow.received] == sent
    types = {received.headers["content-type"] for received in workflow.received}
    assert types == {"application/json"}


def test_every_octokit_example_is_mapped_alike_as_json_and_as_a_form(
    client: HTTPConnection, workflow: Workflow
) -> None:
    examples = deliveries(SECRET)
    workflow.received.clear()
    for event, body, _ in examples:
        form = urlencode({"payload": body}).encode()
        for name, content, type_ in (
            ("mapped", body, "application/json"),
            ("mapped-forms", form, "application/x-www-form-urlencoded"),
        ):
            digest = hmac.digest(SECRET.encode(), content, "sha256").hex()
            headers = {
                "Content-Type": type_,
                "X-GitHub-Event": event,
                "X-Hub-Signature-256": f"sha256={digest}",
            }
            status, said = posted(client, name, content, headers)
            assert status == 200, (event, said)
    sent = [json.loads(received.body) for received in workflow.received]
    expected = [_mapped(event, json.loads(body)) for event, body, _ in examples]
    assert sent == [one for one in expected for _ in range(2)]


def _mapped(event: str, body: dict[str, Any]) -> dict[str, Any]:
    title = f"#{body.get('number', 0)} {body.get('action', '')}"
    made = {"event": event, "by": body.get("sender", {}).get("login", "nobody"), "title": title}
    return made | ({"repository": body["repository"]} if "repository" in body else {})


def test_every_octokit_example_starts_the_workflow_with_what_github_signed(
    client: HTTPConnection, workflow: Workflow
) -> None:
    examples = deliveries(SECRET)
    workflow.received.clear()
    for event, body, signature in examples:
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-Hub-Signature-256": signature,
        }
        status, said = posted(client, "github", body, headers)
        assert status == 200, (event, said)
        status, _ = posted(client, "github", body + b" ", headers)
        assert status == 401, event
    bodies = [json.loads(example.body) for example in examples]
    sent = [body for body in bodies if "sender" in body]
    assert len(sent) > 200
    assert [received.json() for received in workflow.received] == sent

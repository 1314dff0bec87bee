"""Why a request did not start its workflow stands in its line, with the place of the condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.workflow import Workflow

HOOKS = """name: ignoring
method: POST
authentication: none
match:
  query: {q: canary-rule}
  otherwise: ignore
  body:
    ref: refs/heads/main
    order.total: {gte: 100}
workflow: URL/run/a
---
name: guarded
method: POST
allow_from: [192.0.2.0/24]
authentication: none
workflow: URL/run/a
---
name: strict
method: POST
authentication: none
match: {body: {ref: main}, headers: {X-Event: canary-rule}}
workflow: URL/run/a
---
name: as-form
method: POST
authentication: none
workflow: {url: URL/run/a, format: form}
---
name: merged
method: POST
authentication: none
workflow: {url: URL/run/a, body: {a: 1}}
---
name: as-query
method: POST
authentication: none
workflow: {url: URL/run/a, method: GET}
---
name: out
method: POST
authentication: {type: bearer, tokens: [{secret: nowhere}]}
workflow: URL/run/a
---
name: busy
method: POST
authentication: none
limits: {rate: 1/1h}
workflow: URL/run/a
---
name: mapped
method: POST
authentication: none
match: {body: {ref: main}, otherwise: ignore}
workflow:
  url: URL/run/a
  data:
    total: ${body.order.total | int}
---
name: answered
method: POST
authentication: none
workflow: URL/run/a
response: {headers: {X-Id: "${workflow.body.nothing}"}}
---
name: bearer
method: POST
authentication: {type: bearer, tokens: [{secret: token}]}
workflow: URL/run/a
---
name: basic
method: POST
authentication: {type: basic, users: [{username: ci, password: {secret: token}}]}
workflow: URL/run/a
---
name: key
method: POST
authentication: {type: api-key, header: X-Key, keys: [{secret: token}]}
workflow: URL/run/a
---
name: query-key
method: POST
authentication: {type: api-key, query: key, keys: [{secret: token}]}
workflow: URL/run/a
---
name: body-key
method: POST
authentication: {type: api-key, body: /key, keys: [{secret: token}]}
workflow: URL/run/a
---
name: signed-token
method: POST
authentication: {type: jwt, secrets: [{secret: token}], algorithms: [HS256], issuer: a, audience: b}
workflow: URL/run/a
"""
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """A gateway whose hooks refuse for every reason."""
    directory = tmp_path_factory.mktemp("reasons")
    hooks = {"orders.yaml": HOOKS.replace("URL", workflow.url)}
    with gateway(
        directory, hooks, secrets={"token": "canary-of-thirty-two-characters-"}
    ) as running:
        yield running


def reason(server: Gateway, path: str, name: str, body: str = "{}", **headers: str) -> str:
    """What the line of one POST says."""
    given = {"X-Request-Id": name, **JSON, **headers}
    server.request("POST", path, headers=given, content=body)
    found = str(server.wait_for_line(request_id=name)["reason"])
    assert "canary" not in found
    return re.sub(r"\(/\S+/hooks\.d/", "(", found)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (
            "/hooks/ignoring?q=canary-rule",
            '{"ref": "canary"}',
            "match.body.ref (orders.yaml:8): The body parameter 'ref' does not match.",
        ),
        (
            "/hooks/ignoring?q=canary-rule",
            '{"ref": "refs/heads/main", "order": {"total": 99}}',
            "match.body.order.total (orders.yaml:9): The body parameter 'order.total' "
            "does not match: 'gte' does not hold.",
        ),
        (
            "/hooks/ignoring?q=canary-rule",
            '{"ref": "refs/heads/main", "order": {"total": "canary"}}',
            "match.body.order.total (orders.yaml:9): The body parameter 'order.total' "
            "does not match: 'gte' does not hold: the value is text, not a number.",
        ),
        (
            "/hooks/ignoring?q=canary",
            '{"ref": "refs/heads/main", "order": {"total": 100}}',
            "match.query.q (orders.yaml:5): The query parameter 'q' does not match.",
        ),
        (
            "/hooks/strict",
            '{"ref": "main"}',
            "match.headers.X-Event (orders.yaml:21): The header 'X-Event' is missing.",
        ),
        ("/hooks/strict", '{"ref": canary}', "The body is not JSON: invalid character (byte 8)."),
        ("/hooks/strict", '{"canary": 1, "canary": 2}', "A JSON object has a key twice."),
        (
            "/hooks/merged",
            "[]",
            "The body must be a JSON object: this hook's workflow takes parameters.",
        ),
        (
            "/hooks/mapped",
            '{"ref": "main", "order": {"total": "canary"}}',
            "workflow.data.total (orders.yaml:57): The body parameter 'order.total' is not a "
            "whole number.",
        ),
        (
            "/hooks/mapped",
            '{"ref": "main"}',
            "workflow.data.total (orders.yaml:57): The body parameter 'order.total' is missing, "
            "and the workflow needs it.",
        ),
        (
            "/hooks/answered",
            "{}",
            "response.headers.X-Id (orders.yaml:63): The workflow's outputs have no 'nothing'.",
        ),
        ("/hooks/guarded", "{}", "The address 127.0.0.1 is not in allow_from."),
        ("/hooks/nothing", "{}", "No enabled hook has this path."),
    ],
)
def test_the_line_tells_the_condition_or_what_the_caller_was_told(
    server: Gateway, path: str, body: str, said: str
) -> None:
    name = f"why-{abs(hash((path, body)))}"
    assert reason(server, path, name, body) == said


NO_HEADER = "The request has no Authorization header."
NO_USER = "The request has no Authorization header with a user and a password."
WRONG_KEY = "The key is wrong or expired."


@pytest.mark.parametrize(
    ("path", "headers", "said"),
    [
        ("bearer", {}, NO_HEADER),
        (
            "bearer",
            {"Authorization": "Basic Y2FuYXJ5Og=="},
            "The Authorization header does not begin with 'Bearer'.",
        ),
        ("bearer", {"Authorization": "Bearer canary"}, "The token is wrong or expired."),
        ("basic", {}, NO_USER),
        ("basic", {"Authorization": "Basic canary!"}, NO_USER),
        (
            "basic",
            {"Authorization": "Basic Y2FuYXJ5OmNhbmFyeQ=="},
            "The user or the password is wrong or expired.",
        ),
        ("key", {}, "The request has no key in the header 'X-Key', or several."),
        ("key", {"X-Key": "canary"}, WRONG_KEY),
        ("query-key", {}, "The request has no key in the query parameter 'key', or several."),
        ("query-key?key=canary", {}, WRONG_KEY),
        ("body-key", {}, "The request has no key in the body parameter '/key', or several."),
        ("signed-token", {}, NO_HEADER),
    ],
)
def test_a_line_tells_credentials_that_are_missing_from_wrong_ones(
    server: Gateway, path: str, headers: dict[str, str], said: str
) -> None:
    name = f"who-{abs(hash((path, said)))}"
    assert reason(server, f"/hooks/{path}", name, **headers) == said


@pytest.mark.parametrize(
    ("hook", "remedy"),
    [
        (
            "strict",
            "The rules of `match.body` must read the body; without them, it is forwarded unread.",
        ),
        (
            "mapped",
            "The rules of `match.body` must read the body; without them, it is forwarded unread.",
        ),
        (
            "as-form",
            "The gateway must read the body for `workflow.format`; write `format: raw` to forward "
            "it unread.",
        ),
        (
            "merged",
            "`workflow.body` is merged into the body; without this key, it is forwarded unread.",
        ),
        (
            "as-query",
            "`workflow.method: GET` sends the body as a query; write POST and `format: raw` to "
            "forward it unread.",
        ),
    ],
)
def test_a_type_that_is_not_read_tells_the_operator_which_key_to_change(
    server: Gateway, hook: str, remedy: str
) -> None:
    plain = {"Content-Type": "text/plain; charset=canary"}
    found = reason(server, f"/hooks/{hook}", f"type-{hook}", **plain)
    shown = "The body was read as text/plain in a charset other than UTF-8"
    assert found == f"{shown}; `receive` can say how to read it. {remedy}"
    packed = reason(server, f"/hooks/{hook}", f"packed-{hook}", **{"Content-Encoding": "gzip"})
    assert packed == f"The body is compressed; `receive.encoding` can accept that. {remedy}"


def test_a_form_that_holds_json_is_told_to_whoever_sent_it_and_to_the_operator(
    server: Gateway,
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    found = reason(server, "/hooks/ignoring", "github", "payload=%7B%22canary%22%3A1%7D", **form)
    assert found == (
        "match.body.ref (orders.yaml:8): The body parameter 'ref' is missing. The body was read as "
        "a form whose only field is 'payload'; choose the content type application/json at the "
        "sender, or write `receive: {field: payload}` in the hook."
    )


def test_a_limit_and_a_hook_out_of_service_have_a_reason(server: Gateway) -> None:
    server.request("POST", "/hooks/busy")
    assert reason(server, "/hooks/busy", "busy") == "Rate limit exceeded: 1 in 3600 s."
    assert "secret 'nowhere' is missing" in reason(server, "/hooks/out", "out")


def test_what_succeeded_has_no_reason(server: Gateway) -> None:
    server.request("POST", "/hooks/as-form", json={}, headers={"X-Request-Id": "fine"})
    assert "reason" not in server.wait_for_line(request_id="fine")


def test_the_line_of_a_condition_follows_the_file(tmp_path: Path, workflow: Workflow) -> None:
    text = HOOKS.replace("URL", workflow.url)
    with gateway(tmp_path, {"deep/orders.yaml": text}) as server:
        where = "match.body.ref (deep/orders.yaml:8): "
        assert reason(server, "/hooks/ignoring", "before").startswith(where)
        (tmp_path / "hooks.d" / "deep" / "orders.yaml").write_text(f"# A comment.\n\n{text}")
        assert server.request("POST", "/-/reload", headers=ADMIN).status_code == 200
        where = "match.body.ref (deep/orders.yaml:10): "
        assert reason(server, "/hooks/ignoring", "after").startswith(where)

"""The whole way: a YAML file, a request, a workflow, an answer."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.workflow import Received, Workflow

TOKEN = "token-of-the-first-caller"
DIGEST = hashlib.sha256(TOKEN.encode()).hexdigest()
SCRYPT_OF_SECRET = (
    "scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$"
    + __import__("base64").b64encode(
        hashlib.scrypt(b"pa:ss", salt=bytes(range(16)), n=2**14, r=8, p=1, dklen=32, maxmem=2**26)
    ).decode().rstrip("=")
)  # fmt: skip

HOOKS = f"""
name: hello
authentication: none
workflow: URL/run/hello
---
name: paris
method: POST
authentication: none
match: {{body: {{CityName: Paris}}}}
workflow: URL/run/paris
---
name: ignoring
method: POST
authentication: {{type: none}}
match: {{body: {{CityName: Paris}}, otherwise: ignore}}
workflow: URL/run/ignoring
---
name: bearer
method: POST
limits: {{failures: 1000/1s}}
authentication:
  type: bearer
  tokens:
    - sha256: {DIGEST}
    - secret: second
    - env: THIRD_TOKEN
    - sha256: {hashlib.sha256(b"old").hexdigest()}
      expires: 2020-01-01T00:00:00Z
workflow: URL/run/bearer
---
name: basic
method: POST
limits: {{failures: 1000/1s}}
authentication:
  type: basic
  users:
    - {{username: paris, password: {{secret: basic}}}}
    - {{username: rome, password: {{scrypt: "{SCRYPT_OF_SECRET}"}}}}
workflow: URL/run/basic
---
name: missing
method: POST
authentication: {{type: bearer, tokens: [{{secret: not-there}}]}}
workflow: URL/run/missing
---
name: empty
method: POST
authentication: {{type: bearer, tokens: [{{secret: empty}}]}}
workflow: URL/run/empty
---
name: report
method: POST
authentication: none
workflow: URL/run/report
response: {{type: status, status: 202, headers: {{X-Handled-By: gateway}}}}
---
name: selected
method: POST
authentication: none
workflow: URL/run/selected
response: {{select: [received.order.id, received.items.1, /workflow, nothing.here], status: 201}}
---
name: merged
method: POST
authentication: none
workflow: {{url: "URL/run/merged?fixed=1", body: {{source: gateway}}, query: {{a: 1, b: true}}}}
---
name: as-json
method: POST
authentication: none
workflow: {{url: URL/run/as-json, format: json}}
---
name: as-form
method: POST
authentication: none
workflow: {{url: URL/run/as-form, format: form}}
---
name: as-raw
method: POST
authentication: none
workflow: {{url: URL/run/as-raw, format: raw}}
---
name: get-workflow
method: POST
authentication: none
workflow: {{url: URL/run/get-workflow, method: GET}}
---
name: cities
path: /cities/{{city}}
method: [POST, PUT, PATCH, DELETE]
authentication: none
workflow:
  url: URL/run/cities
  method: PUT
  headers: {{X-Source: gateway}}
  forward_headers: [X-Event]
---
name: one-city
path: /cities/berlin
method: POST
authentication: none
workflow: {{url: URL/run/berlin, method: PATCH, authentication: none}}
---
name: to-basic
method: POST
authentication: none
workflow:
  url: URL/run/to-basic
  method: DELETE
  authentication: {{type: basic, username: gateway, password: {{secret: basic}}}}
---
name: to-bearer
method: POST
authentication: none
workflow: {{url: URL/run/to-bearer, authentication: {{type: bearer, token: {{env: THIRD_TOKEN}}}}}}
---
name: to-none
method: POST
authentication: none
workflow: {{url: URL/run/to-none, authentication: {{type: none}}, retry: {{attempts: 3}}}}
---
name: disabled
enabled: false
authentication: none
workflow: URL/run/disabled
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("hooks")
    with gateway(
        directory,
        {"hooks.yaml": HOOKS.replace("URL", workflow.url)},
        secrets={"second": "token-two\n", "basic": "s3cret", "empty": "\n"},
        environment={"THIRD_TOKEN": "token-three"},
    ) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def test_a_get_hands_on_the_query_as_a_json_object(server: Gateway, seen: list[Received]) -> None:
    answer = server.request("GET", "/hooks/hello?city=Paris&tag=a&tag=b")
    assert answer.status_code == 200
    assert answer.json() == {
        "workflow": "/run/hello",
        "received": {"city": "Paris", "tag": ["a", "b"]},
    }
    assert seen[0].headers["content-type"] == "application/json"


def test_the_intended_value_starts_the_workflow_and_another_does_not(
    server: Gateway, seen: list[Received]
) -> None:
    assert server.request("POST", "/hooks/paris", json={"CityName": "Paris"}).status_code == 200
    refused = server.request("POST", "/hooks/paris", json={"CityName": "Rome"})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert "CityName" in refused.json()["detail"]
    assert refused.json()["instance"] == refused.headers["x-request-id"]
    assert len(seen) == 1


def test_a_form_is_matched_and_handed_on_as_a_form(server: Gateway, seen: list[Received]) -> None:
    assert server.request("POST", "/hooks/paris", data={"CityName": "Paris"}).status_code == 200
    assert seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen[0].body == b"CityName=Paris"


def test_multipart_fields_are_matched_and_handed_on_as_a_form(
    server: Gateway, seen: list[Received]
) -> None:
    answer = server.request("POST", "/hooks/paris", files={"CityName": (None, "Paris")})
    assert answer.status_code == 200
    assert seen[0].body == b"CityName=Paris"


def test_an_absent_body_is_not_the_intended_one(server: Gateway, seen: list[Received]) -> None:
    assert server.request("POST", "/hooks/paris").status_code == 422
    assert not seen


def test_the_workflow_receives_what_the_rules_saw(server: Gateway, seen: list[Received]) -> None:
    body = b'{ "CityName" : "Par\\u0069s",  "n": 1.0 }'
    server.request(
        "POST", "/hooks/paris", content=body, headers={"Content-Type": "application/json"}
    )
    assert seen[0].body == b'{"CityName":"Paris","n":1.0}'


def test_ignored_requests_are_answered_200_and_run_nothing(
    server: Gateway, seen: list[Received]
) -> None:
    answer = server.request("POST", "/hooks/ignoring", json={"CityName": "Rome"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    assert not seen


@pytest.mark.parametrize("token", [TOKEN, "token-two", "token-three"])
def test_any_token_of_the_list_opens_the_hook(server: Gateway, token: str) -> None:
    headers = {"Authorization": f"bearer {token}"}
    assert server.request("POST", "/hooks/bearer", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "value", ["Bearer wrong", "Bearer ", "Bearer old", f"Basic {TOKEN}", "Bearer \xff", TOKEN, ""]
)
def test_any_other_token_is_401_with_a_constant_answer(
    server: Gateway, seen: list[Received], value: str
) -> None:
    answer = server.request(
        "POST", "/hooks/bearer", headers={"Authorization": value.encode("latin-1")}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="bearer"')
    assert answer.json()["detail"] == "This hook asks for Bearer credentials that it knows."
    assert not seen


def test_a_missing_credential_is_401(server: Gateway) -> None:
    assert server.request("POST", "/hooks/bearer").status_code == 401
    assert server.request("POST", "/hooks/basic").status_code == 401


def test_two_authorization_headers_are_refused(server: Gateway) -> None:
    both = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer x")]
    assert server.request("POST", "/hooks/bearer", headers=both).status_code == 400


@pytest.mark.parametrize("user", [("paris", "s3cret"), ("rome", "pa:ss")])
def test_any_user_of_the_list_opens_the_hook(server: Gateway, user: tuple[str, str]) -> None:
    assert server.request("POST", "/hooks/basic", auth=user).status_code == 200


@pytest.mark.parametrize(
    "user", [("paris", "pa:ss"), ("rome", "s3cret"), ("rome", ""), ("nobody", "pa:ss"), ("", "")]
)
def test_any_other_user_is_401(server: Gateway, user: tuple[str, str]) -> None:
    answer = server.request("POST", "/hooks/basic", auth=user)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="basic", charset="UTF-8"'


@pytest.mark.parametrize(
    "value", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer cGFyaXM6eA=="]
)
def test_broken_basic_credentials_are_401(server: Gateway, value: str) -> None:
    assert (
        server.request("POST", "/hooks/basic", headers={"Authorization": value}).status_code == 401
    )


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_hook_without_its_secret_is_out_of_service_and_never_open(
    server: Gateway, seen: list[Received], name: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        answer = server.request("POST", f"/hooks/{name}", headers=headers)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    assert not seen


def test_status_says_which_reference_is_missing(server: Gateway) -> None:
    status = server.request("GET", "/-/status", headers=ADMIN).json()
    problems = {hook["name"]: hook["problems"] for hook in status["hooks"] if hook["problems"]}
    assert problems == {
        "missing": ["secret 'not-there' is missing"],
        "empty": ["secret 'empty' is empty"],
    }
    ready = server.request("GET", "/-/readyz").json()
    assert ready["out_of_service"] == ["missing", "empty"]


def test_a_report_tells_of_the_activation(server: Gateway, seen: list[Received]) -> None:
    answer = server.request("POST", "/hooks/report", json={})
    report = answer.json()
    assert answer.status_code == 202
    assert answer.headers["x-handled-by"] == "gateway"
    assert report["status"] == "succeeded"
    assert report["hook"] == "report"
    assert report["workflow"]["status_code"] == 200
    assert report["workflow"]["duration_ms"] > 0
    assert uuid.UUID(report["run"]).version == 7
    assert seen[0].headers["idempotency-key"] == report["run"]


def test_selected_outputs_keep_their_structure(server: Gateway) -> None:
    body = {"order": {"id": 7, "card": "4242"}, "items": ["a", "b"]}
    answer = server.request("POST", "/hooks/selected", json=body)
    assert answer.status_code == 201
    assert answer.json() == {
        "received": {"order": {"id": 7}, "items": {"1": "b"}},
        "workflow": "/run/selected",
    }


def test_every_invocation_carries_its_ids(server: Gateway, seen: list[Received]) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"X-Request-Id": "mine-1", "traceparent": trace, "Cookie": "a=b", "X-Event": "x"}
    answer = server.request("POST", "/hooks/paris", json={"CityName": "Paris"}, headers=headers)
    got = seen[0].headers
    assert answer.headers["x-request-id"] == got["x-request-id"] == "mine-1"
    assert got["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert got["traceparent"] != trace
    assert got["user-agent"].startswith("webhook-gateway/")
    assert not {"cookie", "x-event", "authorization"} & got.keys()


def test_static_members_are_merged_over_what_was_received(
    server: Gateway, seen: list[Received]
) -> None:
    server.request("POST", "/hooks/merged", json={"source": "forged", "n": 1})
    assert seen[0].json() == {"source": "gateway", "n": 1}
    assert seen[0].target == "/run/merged?fixed=1&a=1&b=true"
    assert server.request("POST", "/hooks/merged", json=[1]).status_code == 422
    assert (
        server.request(
            "POST", "/hooks/merged", content=b"x", headers={"Content-Type": "text/plain"}
        ).status_code
        == 415
    )


FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
FORMATS: list[tuple[str, dict[str, Any], bytes, str | None]] = [
    ("as-json", {"data": {"a": "1"}}, b'{"a":"1"}', JSON),
    (
        "as-form",
        {"json": {"a": 1, "b": [1, 2], "c": {"d": 1}}},
        b"a=1&b=1&b=2&c=%7B%22d%22%3A1%7D",
        FORM,
    ),
    ("as-raw", {"content": b"\x00\xff", "headers": {"Content-Type": "x/y"}}, b"\x00\xff", "x/y"),
    ("report", {"content": b"<a/>", "headers": {"Content-Type": "text/xml"}}, b"<a/>", "text/xml"),
    ("report", {"content": b'{"a": 1}', "headers": {"Content-Type": JSON}}, b'{"a": 1}', JSON),
    ("report", {}, b"", None),
]


@pytest.mark.parametrize(("name", "arguments", "body", "content_type"), FORMATS)
def test_the_data_is_encoded_as_asked(
    server: Gateway,
    seen: list[Received],
    name: str,
    arguments: dict[str, Any],
    body: bytes,
    content_type: str | None,
) -> None:
    assert server.request("POST", f"/hooks/{name}", **arguments).status_code in (200, 202)
    assert seen[0].body == body
    assert seen[0].headers.get("content-type") == content_type


def test_a_get_workflow_receives_query_parameters(server: Gateway, seen: list[Received]) -> None:
    server.request("POST", "/hooks/get-workflow", json={"a": 1, "b": "ü&", "c": [1, "x"]})
    assert seen[0].method == "GET"
    assert seen[0].target == "/run/get-workflow?a=1&b=%C3%BC%26&c=1&c=x"
    assert seen[0].body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_path_parameter_and_a_header_reach_the_workflow(
    server: Gateway, seen: list[Received], method: str
) -> None:
    headers = {"X-Event": "city.created"}
    answer = server.request(method, "/cities/s%C3%A3o%20paulo", headers=headers)
    assert answer.status_code == 200
    assert seen[0].method == "PUT"
    assert seen[0].headers["x-path-city"] == "s%C3%A3o%20paulo"
    assert seen[0].headers["x-event"] == "city.created"
    assert seen[0].headers["x-source"] == "gateway"


def test_a_literal_path_wins_over_a_parameter(server: Gateway, seen: list[Received]) -> None:
    server.request("POST", "/cities/berlin")
    assert (seen[0].method, seen[0].target) == ("PATCH", "/run/berlin")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("to-basic", "Basic Z2F0ZXdheTpzM2NyZXQ="),
        ("to-bearer", "Bearer token-three"),
        ("to-none", None),
    ],
)
def test_the_workflow_gets_its_own_credentials(
    server: Gateway, seen: list[Received], name: str, header: str | None
) -> None:
    server.request("POST", f"/hooks/{name}", headers={"Authorization": "Bearer of-the-caller"})
    assert seen[0].headers.get("authorization") == header


def test_a_path_without_an_owner_is_404(server: Gateway) -> None:
    for path in ("/", "/hooks", "/hooks/nothing", "/hooks/disabled", "/cities/a/b"):
        answer = server.request("GET", path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:webhook-gateway:not-found"
    assert "without the '/'" in server.request("POST", "/hooks/paris/").json()["detail"]


def test_an_owned_path_with_another_method_is_405_with_allow(server: Gateway) -> None:
    assert server.request("GET", "/hooks/paris").headers["allow"] == "POST"
    answer = server.request("GET", "/cities/rome")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST, PUT, PATCH, DELETE"
    for method in ("HEAD", "OPTIONS", "TRACE", "BREW"):
        assert server.request(method, "/hooks/hello").status_code == 405


def test_credentials_come_before_the_body_and_the_rules(server: Gateway) -> None:
    answer = server.request(
        "POST", "/hooks/bearer", content=b"{broken", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 401


def test_the_log_has_a_line_for_each_request_and_no_secret(
    server: Gateway, seen: list[Received]
) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Request-Id": "logged"}
    server.request(
        "POST", "/hooks/bearer?key=canary-query", json={"a": "canary-body"}, headers=headers
    )
    line = server.wait_for_line(request_id="logged")
    assert line["hook"] == "bearer"
    assert line["run"] == seen[0].headers["idempotency-key"]
    assert (line["status"], line["outcome"]) == (200, "succeeded")
    assert line["duration_ms"] >= line["workflow_ms"] > 0
    for secret in (TOKEN, "token-two", "token-three", "s3cret", "pa:ss", "canary", "admin-token"):
        assert secret not in server.output()


def test_outputs_keep_their_bytes(server: Gateway, workflow: Workflow) -> None:
    answer = server.request("POST", "/hooks/report", json={})
    assert json.loads(answer.content)["status"] == "succeeded"
    assert answer.headers["content-type"] == "application/json"

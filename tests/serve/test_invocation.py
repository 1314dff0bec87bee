"""What the workflow receives: exactly what the rules saw, or the bytes untouched."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tests.support.gateway import Gateway
from tests.support.raw import exchange, request
from tests.support.workflow import Received

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def test_a_get_hands_on_the_query_as_a_json_object(server: Gateway, seen: list[Received]) -> None:
    answer = server.request("GET", "/hooks/hello?city=Paris&tag=a&tag=b")
    assert answer.status_code == 200
    assert answer.json() == {
        "workflow": "/run/hello",
        "received": {"city": "Paris", "tag": ["a", "b"]},
    }
    assert seen[0].headers["content-type"] == JSON


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
    assert seen[0].headers["content-type"] == FORM
    assert seen[0].body == b"CityName=Paris"


def test_multipart_fields_are_matched_and_handed_on_as_multipart(
    server: Gateway, seen: list[Received]
) -> None:
    answer = server.request("POST", "/hooks/paris", files={"CityName": (None, "Paris")})
    assert answer.status_code == 200
    assert seen[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="CityName"\r\n\r\nParis\r\n' in seen[0].body


def test_an_absent_body_is_not_the_intended_one(server: Gateway, seen: list[Received]) -> None:
    assert server.request("POST", "/hooks/paris").status_code == 422
    assert not seen


@pytest.mark.parametrize("content_type", [JSON, "application/ld+json; charset=utf-8"])
def test_json_is_handed_on_as_it_was_received(
    server: Gateway, seen: list[Received], content_type: str
) -> None:
    body = b'{ "CityName" : "Par\\u0069s",  "n": 1.0 }'
    server.request("POST", "/hooks/paris", content=body, headers={"Content-Type": content_type})
    assert seen[0].body == body
    assert seen[0].headers["content-type"] == content_type


def test_ignored_requests_are_answered_200_and_run_nothing(
    server: Gateway, seen: list[Received]
) -> None:
    answer = server.request("POST", "/hooks/ignoring", json={"CityName": "Rome"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ignored")
    assert not seen


def test_every_invocation_carries_its_ids_and_nothing_of_the_caller(
    server: Gateway, seen: list[Received]
) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"X-Request-Id": "mine-1", "traceparent": trace, "Cookie": "a=b", "X-Event": "x"}
    answer = server.request("POST", "/hooks/paris", json={"CityName": "Paris"}, headers=headers)
    got = seen[0].headers
    assert answer.headers["x-request-id"] == got["x-request-id"] == "mine-1"
    assert got["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert got["traceparent"] != trace
    assert got["user-agent"].startswith("webhook-gateway/")
    assert got["accept-encoding"] == "identity"
    assert not {"cookie", "x-event", "authorization"} & got.keys()


def test_a_request_id_that_is_not_fit_for_a_log_is_replaced(
    server: Gateway, seen: list[Received]
) -> None:
    for value in ("a b", "a" * 129, '"x"', "\u00e9", ""):
        answer = exchange(
            server.port, request(b"/hooks/open", b"X-Request-Id: " + value.encode("latin-1"))
        )
        assert answer.headers["x-request-id"] == seen[-1].headers["x-request-id"] != value


def test_static_members_are_merged_over_what_was_received(
    server: Gateway, seen: list[Received]
) -> None:
    server.request("POST", "/hooks/merged", json={"source": "forged", "n": 1})
    assert seen[0].json() == {"source": "gateway", "n": 1}
    assert seen[0].target == "/run/merged?fixed=1&a=1&b=true"
    assert server.request("POST", "/hooks/merged", json=[1]).status_code == 422
    text = server.request(
        "POST", "/hooks/merged", content=b"x", headers={"Content-Type": "text/plain"}
    )
    assert text.status_code == 415


PASSED_ON = ("text/xml", JSON, "multipart/form-data; boundary=x", "x/y; \u00e9=\u00fc")
FORMATS: list[tuple[str, dict[str, Any], bytes, str | None]] = [
    ("as-json", {"data": {"a": "1"}}, b'{"a":"1"}', JSON),
    (
        "as-form",
        {"json": {"a": 1, "b": [1, 2], "c": {"d": 1}}},
        b"a=1&b=1&b=2&c=%7B%22d%22%3A1%7D",
        FORM,
    ),
    ("as-raw", {"content": b"\x00\xff", "headers": {"Content-Type": "x/y"}}, b"\x00\xff", "x/y"),
    ("report", {}, b"", None),
    *(
        ("report", {"content": b"{ }", "headers": {"Content-Type": kind.encode()}}, b"{ }", kind)
        for kind in PASSED_ON
    ),
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


def test_a_compressed_body_is_passed_through_as_such_and_never_read(
    server: Gateway, seen: list[Received]
) -> None:
    body = gzip.compress(b'{"CityName": "Paris"}')
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    assert server.request("POST", "/hooks/open", content=body, headers=headers).status_code == 200
    assert (seen[0].body, seen[0].headers["content-encoding"]) == (body, "gzip")
    refused = server.request("POST", "/hooks/paris", content=body, headers=headers)
    assert refused.status_code == 415
    assert refused.headers["accept-encoding"] == "identity"
    assert len(seen) == 1


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


@pytest.mark.parametrize("value", ["München".encode(), b"plain", b"a, b"])
def test_a_forwarded_header_keeps_its_bytes(
    server: Gateway, seen: list[Received], value: bytes
) -> None:
    exchange(server.port, request(b"/hooks/forwarding", b"X-Name: " + value))
    assert seen[0].headers["x-name"].encode() == value


def test_a_header_that_is_repeated_is_forwarded_as_one(
    server: Gateway, seen: list[Received]
) -> None:
    exchange(server.port, request(b"/hooks/forwarding", b"X-Name: a", b"X-Name: b"))
    assert seen[0].headers["x-name"] == "a, b"


def test_a_literal_path_wins_over_a_parameter(server: Gateway, seen: list[Received]) -> None:
    server.request("POST", "/cities/berlin")
    assert (seen[0].method, seen[0].target) == ("PATCH", "/run/berlin")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("to-basic", "Basic Z2F0ZXdheTpzM2NyZXQ="),
        ("to-bearer", "Bearer token-three"),
        ("to-umlaut", "Bearer grün"),
        ("to-none", None),
    ],
)
def test_the_workflow_gets_its_own_credentials(
    server: Gateway, seen: list[Received], name: str, header: str | None
) -> None:
    server.request("POST", f"/hooks/{name}", headers={"Authorization": "Bearer of-the-caller"})
    assert seen[0].headers.get("authorization") == header


def test_a_secret_with_a_line_break_is_never_sent(server: Gateway, seen: list[Received]) -> None:
    answer = server.request("POST", "/hooks/unfit-secret")
    assert answer.status_code == 503
    assert not seen

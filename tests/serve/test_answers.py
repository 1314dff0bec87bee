"""What the caller gets: outputs, a selection of them, a report; and nothing that nobody meant."""

from __future__ import annotations

import uuid
from email.utils import parsedate_to_datetime

import pytest

from tests.support.gateway import Gateway
from tests.support.raw import Caller, exchange, request
from tests.support.workflow import Received


def test_outputs_are_answered_with_their_bytes_and_their_type(
    server: Gateway, seen: list[Received]
) -> None:
    answer = exchange(server.port, request(b"/hooks/open"))
    assert answer.body == b'{"workflow": "/run/open", "received": ""}'
    assert set(answer.headers) == {
        *("content-type", "content-length", "x-content-type-options", "cache-control"),
        *("x-request-id", "server", "date"),
    }
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert parsedate_to_datetime(answer.headers["date"]).tzinfo is not None


def test_a_report_tells_of_the_activation(server: Gateway, seen: list[Received]) -> None:
    answer = server.request("POST", "/hooks/report", json={})
    report = answer.json()
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
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


def test_an_answer_without_content_has_no_body_and_no_length(server: Gateway) -> None:
    with Caller(server.port) as caller:
        for _ in range(2):
            answer = caller.send(request(b"/hooks/no-content")).answer()
            assert answer.status == 204
            assert not {"content-length", "content-type", "transfer-encoding"} & set(answer.headers)


def test_no_cache_may_answer_for_the_gateway_unless_the_hook_says_so(server: Gateway) -> None:
    for path in ("/hooks/hello", "/hooks/nothing", "/-/livez"):
        assert server.request("GET", path).headers["cache-control"] == "no-store"
    assert server.request("POST", "/hooks/report").headers["cache-control"] == "no-store"
    assert server.request("GET", "/hooks/cached").headers["cache-control"] == "max-age=60"


@pytest.mark.parametrize("path", ["/hooks/hello", "/hooks/nothing", "/-/livez"])
def test_the_server_tells_nothing_of_what_it_is_made_of(server: Gateway, path: str) -> None:
    assert server.request("GET", path).headers["server"] == "webhook-gateway"


def test_a_path_without_an_owner_is_404(server: Gateway) -> None:
    for path in ("/", "/hooks", "/hooks/nothing", "/hooks/disabled", "/cities/a/b"):
        answer = server.request("GET", path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:webhook-gateway:not-found"
        assert answer.json()["status"] == 404
    for path in ("/hooks/paris/", "/cities/rome/", "/cities/berlin/", "/cities/"):
        answer = server.request("POST", path)
        assert answer.status_code == 404, path
        assert ("without the '/'" in answer.json()["detail"]) is (path != "/cities/")


@pytest.mark.parametrize(
    "target",
    [b"/POST/hooks/open", b"/%50OST/hooks/open", b"/GET/hooks/open", b"/POST", b"/hooks"],
)
def test_how_routes_are_kept_inside_is_not_reachable(server: Gateway, target: bytes) -> None:
    for method in (b"GET", b"POST", b"BREW"):
        assert exchange(server.port, request(target, method=method)).status == 404


def test_an_owned_path_with_another_method_is_405_with_allow(server: Gateway) -> None:
    assert server.request("GET", "/hooks/paris").headers["allow"] == "POST"
    assert server.request("GET", "/cities/rome").headers["allow"] == "POST, PUT, PATCH, DELETE"


@pytest.mark.parametrize(
    "method", [b"OPTIONS", b"TRACE", b"BREW", b"get", b"Get", b"!#$", b"G" * 32]
)
def test_a_method_that_the_hook_does_not_take_is_405(server: Gateway, method: bytes) -> None:
    answer = exchange(server.port, request(b"/hooks/hello", method=method))
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_tunnel_is_refused(server: Gateway) -> None:
    for target in (b"/hooks/hello", b"x:443"):
        assert exchange(server.port, request(target, method=b"CONNECT")).status == 400


def test_a_head_is_answered_without_a_body(server: Gateway) -> None:
    with Caller(server.port) as caller:
        head = caller.send(request(b"/hooks/hello", method=b"HEAD")).answer(to_head=True)
        assert head.status == 200
        assert caller.send(request(b"/hooks/hello", method=b"GET")).answer().status == 200


def test_a_method_of_any_length_does_not_fill_the_log(server: Gateway) -> None:
    long = request(b"/hooks/hello", b"X-Request-Id: long", method=b"M" * 32)
    assert exchange(server.port, long).status == 405
    assert server.wait_for_line(request_id="long")["method"] == "M" * 16
    answer = exchange(server.port, request(b"/hooks/hello", method=b"M" * 3000))
    assert answer.status == 400
    line = server.wait_for_line(request_id=answer.headers["x-request-id"])
    assert len(line["method"]) <= 16
    assert len(str(line)) < 1000

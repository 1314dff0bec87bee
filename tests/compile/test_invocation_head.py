"""The head of an invocation: each field once, and what a request gives over what is written."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.compile.exchange import Exchange
from gateway.compile.invocation_head import USER_AGENT, InvocationHead
from gateway.compile.payload import Payload
from gateway.language.spec import Workflow
from gateway.wire.client import Endpoint
from tests.support.exchanges import an_exchange, fields_of

JSON = Payload(b"{}", "application/json")


def head(
    exchange: Exchange | None = None, payload: Payload = JSON, **keys: Any
) -> tuple[str, dict[str, str]]:
    """The request line, and the fields by their names in lower case, each of which stands once."""
    workflow = Workflow(**{"url": "http://flows.internal:8000/run?a=1", **keys})
    exchange = exchange or an_exchange()
    exchange.run = "run-1"
    made = InvocationHead(workflow, Endpoint.of(workflow.url))(exchange, payload)
    first, *lines = made.decode().removesuffix("\r\n").split("\r\n")
    names = [line.partition(": ")[0].lower() for line in lines]
    assert len(names) == len(set(names))
    assert made.endswith(b"\r\n")
    return first, {name: line.partition(": ")[2] for name, line in zip(names, lines, strict=True)}


def _asked(*headers: tuple[bytes, bytes], **path: str) -> Exchange:
    exchange = an_exchange()
    exchange.fields = fields_of(headers)
    exchange.path_params = dict(path)
    return exchange


def test_every_invocation_says_where_it_goes_and_what_it_is() -> None:
    first, fields = head(headers={"X-A": "b"})
    assert first == "POST /run?a=1 HTTP/1.1"
    assert fields.pop("traceparent").startswith("00-")
    assert fields.pop("x-request-id") == an_exchange().request_id
    assert fields == {
        "host": "flows.internal:8000",
        "user-agent": USER_AGENT,
        "accept-encoding": "identity",
        "x-a": "b",
        "idempotency-key": "run-1",
        "content-type": "application/json",
        "content-length": "2",
    }


CASES: dict[str, tuple[dict[str, Any], Exchange, str, str]] = {
    "written": ({"headers": {"user-agent": "x"}}, _asked(), "user-agent", "x"),
    "forwarded": ({"forward_headers": ["X-A"]}, _asked((b"x-a", b"1")), "x-a", "1"),
    "repeated": (
        {"forward_headers": ["X-A"]}, _asked((b"x-a", b"1"), (b"x-a", b"2")), "x-a", "1, 2"
    ),
    "forwarded over written": (
        {"headers": {"x-a": "0"}, "forward_headers": ["X-A"]}, _asked((b"x-a", b"1")), "x-a", "1"
    ),
    "written where nothing is forwarded": (
        {"headers": {"x-a": "0"}, "forward_headers": ["X-A"]}, _asked(), "x-a", "0"
    ),
    "forwarded over our own": (
        {"forward_headers": ["User-Agent"]}, _asked((b"user-agent", b"curl")), "user-agent", "curl"
    ),
    "a parameter of the path": ({}, _asked(sku_no="a b/ü"), "x-path-sku-no", "a%20b/%C3%BC"),
    "a parameter over written and forwarded": (
        {"headers": {"X-PATH-CITY": "x"}, "forward_headers": ["x-path-city"]},
        _asked((b"x-path-city", b"y"), city="paris"), "x-path-city", "paris",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_field_stands_once_with_the_value_that_wins(case: str) -> None:
    keys, exchange, name, value = CASES[case]
    assert head(exchange, **keys)[1][name] == value


@pytest.mark.parametrize(("made", "expected"), [({b"x-a": b"X-A: ours\r\n"}, "ours"), ({}, None)])
def test_what_a_template_sets_or_leaves_out_is_not_the_callers(
    made: dict[bytes, bytes], expected: str | None
) -> None:
    keys = {"headers": {"x-a": "${body.a?}"}, "forward_headers": ["X-A"]}
    fields = head(_asked((b"x-a", b"evil")), Payload(lines=made), **keys)[1]
    assert fields.get("x-a") == expected


def test_the_id_of_the_request_is_ours_whatever_is_forwarded() -> None:
    exchange = _asked((b"x-request-id", b"a b"))
    assert head(exchange, forward_headers=["X-Request-Id"])[1]["x-request-id"] != "a b"


def test_a_body_that_is_handed_on_keeps_its_encoding() -> None:
    payload = Payload(b"\x1f\x8b", "a/b", "gzip")
    fields = head(payload=payload, headers={"Content-Encoding": "br"})[1]
    assert fields["content-encoding"] == "gzip"
    assert head(headers={"Content-Encoding": "br"})[1]["content-encoding"] == "br"


@pytest.mark.parametrize(
    ("method", "length"), [("POST", "0"), ("PUT", "0"), ("GET", None), ("DELETE", None)]
)
def test_no_body_has_a_length_where_one_is_expected(method: str, length: str | None) -> None:
    fields = head(payload=Payload(), method=method)[1]
    assert (fields.get("content-length"), fields.get("content-type")) == (length, None)


def test_parameters_stand_behind_those_that_are_written() -> None:
    payload = Payload(query=(("b", "x &=ü:"), ("b", "2")))
    first, _ = head(payload=payload, method="GET", query={"c": True})
    assert first == "GET /run?a=1&c=true&b=x+%26%3D%C3%BC:&b=2 HTTP/1.1"


@pytest.mark.parametrize("value", [b"a\r\nX-B: c", b"a\nb", b"a\0", b"\x7f"])
def test_a_value_that_would_be_another_field_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match="control characters"):
        head(_asked((b"x-a", value)), forward_headers=["X-A"])

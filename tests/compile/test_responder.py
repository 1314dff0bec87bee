"""Answers made of what a workflow said: all of it, a part of it, or a report about it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange
from gateway.compile.responder import compile_response, failed, ignored
from gateway.compile.templates.outcome import select
from gateway.errors import WorkflowFailure, WorkflowTimeout
from gateway.language.spec import Response
from gateway.language.values import parse_path
from gateway.wire.client import Reply
from tests.support.exchanges import an_exchange


def exchange() -> Exchange:
    found = an_exchange()
    found.hook, found.run, found.workflow_ms = "paris", "run-1", 1.5
    return found


def reply(body: bytes, kind: bytes | None = b"text/plain", encoding: bytes | None = None) -> Reply:
    said = {b"content-type": kind, b"content-encoding": encoding}
    return Reply(201, {name: value for name, value in said.items() if value is not None}, body)


def respond(written: str | Response, answered: Reply) -> Answer:
    return compile_response(written)(exchange(), answered)


def selected(outputs: Any, *paths: str) -> Any:
    return select(outputs, tuple(parse_path(path) for path in paths))


OUTPUTS = {
    "orderId": 7,
    "customer": {"name": "A", "card": "4242", "tags": ["x", "y"]},
    "a.b": 1,
    "none": None,
    "items": [{"sku": 1}, {"sku": 2}],
}


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["orderId"], {"orderId": 7}),
        (["none"], {"none": None}),
        (["missing", "customer.missing", "orderId.deeper", "items.9"], {}),
        (["customer.name"], {"customer": {"name": "A"}}),
        (["customer.tags"], {"customer": {"tags": ["x", "y"]}}),
        (["items.1.sku"], {"items": {"1": {"sku": 2}}}),
        (["/customer/name", "/a.b"], {"customer": {"name": "A"}, "a.b": 1}),
        (["customer.name", "customer.tags.0"], {"customer": {"name": "A", "tags": {"0": "x"}}}),
        (["customer.name", "customer.name"], {"customer": {"name": "A"}}),
    ],
)
def test_a_selection_keeps_the_structure_and_nothing_else(
    paths: list[str], chosen: dict[str, Any]
) -> None:
    assert selected(OUTPUTS, *paths) == chosen


@pytest.mark.parametrize("paths", [["customer", "customer.name"], ["customer.name", "customer"]])
def test_the_whole_of_something_holds_its_parts(paths: list[str]) -> None:
    answer = respond(Response(select=paths), reply(json.dumps(OUTPUTS).encode()))
    assert json.loads(answer.body) == {"customer": OUTPUTS["customer"]}


@pytest.mark.parametrize("outputs", [[1], "text", 1, None, True])
def test_nothing_is_selected_from_what_has_no_members(outputs: Any) -> None:
    assert selected(outputs, "orderId", "customer.name") == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(JSON, st.lists(st.sampled_from(["a", "b", "a.b", "a.0", "0", "/a/b", "/"]), max_size=4))
def test_any_outputs_can_be_selected_from_and_are_not_changed(
    outputs: Any, paths: list[str]
) -> None:
    before = json.dumps(outputs)
    assert isinstance(selected(outputs, *paths), dict)
    assert json.dumps(outputs) == before


@given(st.binary(max_size=40))
def test_any_bytes_give_a_selection_or_a_failure_that_is_explained(body: bytes) -> None:
    responder = compile_response(Response(select=["a"]))
    if body and not _is_json(body):
        with pytest.raises(WorkflowFailure, match="not JSON") as raised:
            responder(exchange(), reply(body))
        assert raised.value.status_code == 201
    else:
        assert isinstance(json.loads(responder(exchange(), reply(body)).body), dict)


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("application/json; charset=utf-8", b"application/json; charset=utf-8"),
        ("text/plain; x=é", "text/plain; x=é".encode()),
        ("text/plain; x=\udcff", b"text/plain; x=\xff"),
        ("text/plain; x=\x07", None),
        ("text/plain\r\nSet-Cookie: a", None),
        ("", None),
        (" ", None),
        (None, None),
    ],
)
def test_a_type_is_handed_on_where_it_is_fit_for_a_header(
    kind: str | None, header: bytes | None
) -> None:
    said = None if kind is None else kind.encode("utf-8", "surrogateescape")
    assert dict(respond("outputs", reply(b"x", said)).headers).get(b"content-type") == header


@pytest.mark.parametrize("written", ["outputs", "status", Response(select=["a"])])
def test_an_answer_is_not_for_caches_unless_the_author_says_so(written: str | Response) -> None:
    assert (b"cache-control", b"no-store") in respond(written, reply(b"{}")).headers
    said = Response(headers={"CACHE-Control": "max-age=1"})
    headers = [pair for pair in respond(said, reply(b"{}")).headers if pair[0] == b"cache-control"]
    assert headers == [(b"cache-control", b"max-age=1")]


@pytest.mark.parametrize("kind", ["outputs", "status"])
@pytest.mark.parametrize("status", [204, 205])
def test_a_status_that_allows_no_body_comes_without_one(kind: Any, status: int) -> None:
    answer = respond(Response(type=kind, status=status, headers={"X-A": "b"}), reply(b"{}"))
    assert (answer.status, answer.body) == (status, b"")
    assert (b"x-a", b"b") in answer.headers
    assert b"content-type" not in dict(answer.headers)


def test_reports_tell_the_same_of_success_and_failure() -> None:
    succeeded = json.loads(respond("status", reply(b"secret")).body)
    assert succeeded == {
        "status": "succeeded",
        "hook": "paris",
        "run": "run-1",
        "workflow": {"status_code": 201, "duration_ms": 1.5},
    }
    answer = failed(exchange(), WorkflowFailure("it broke", 500))
    assert answer.status == 502
    assert json.loads(answer.body) == {
        **succeeded,
        "status": "failed",
        "workflow": {"status_code": 500, "duration_ms": 1.5},
        "reason": "it broke",
    }
    late = failed(exchange(), WorkflowTimeout("late"))
    assert late.status == 504
    assert json.loads(late.body)["workflow"] == {"duration_ms": 1.5}


def test_what_was_ignored_has_no_run() -> None:
    answer = ignored(exchange(), "It does not match.")
    assert json.loads(answer.body) == {
        "status": "ignored",
        "hook": "paris",
        "reason": "It does not match.",
    }

"""Two requests have the same key where the author says so, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compile.body import Received
from gateway.compile.exchange import Exchange
from gateway.compile.sender import Sender
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.keys import DIGEST, Keys, compile_keys
from gateway.errors import Unmappable
from gateway.language.decode import convert
from tests.support.exchanges import an_exchange, fields_of

GITHUB = {"type": "signature", "scheme": "github", "secrets": [{"secret": "s"}]}
TWILIO = {**GITHUB, "scheme": "twilio"}


def keys(written: dict[str, Any], body: Any = None, exchange: Exchange | None = None) -> Keys:
    """The keys of a request with a JSON body, or with bytes."""
    hook = {"name": "orders", "method": "POST", "workflow": "http://w/", "delivery": "durable"}
    compiled = compile_keys(convert({**hook, **written}), {})
    assert compiled is not None
    exchange = exchange or an_exchange()
    exchange.body_limit = 1024
    raw = body if isinstance(body, bytes) else b""
    inputs = Inputs(exchange, Received("json", body), {}) if compiled.needs_inputs else None
    return compiled(exchange, raw, inputs)


def by(template: str, **more: Any) -> dict[str, Any]:
    return {"deduplicate": {"by": template, **more}}


def by_digest(**more: Any) -> dict[str, Any]:
    return {"deduplicate": {"by": {"digest": "body"}}, **more}


def in_order(template: str) -> dict[str, Any]:
    return {"delivery": {"type": "durable", "order": {"by": template}}}


def test_a_hook_without_keys_has_nothing_to_make() -> None:
    hook = {"name": "a", "method": "POST", "workflow": "http://w/", "delivery": "durable"}
    assert compile_keys(convert(hook), {}) is None


def test_a_key_is_the_value_that_its_template_reads() -> None:
    same = keys(by("${body.id}"), {"id": "a", "try": 1}), keys(by("${body.id}"), {"id": "a"})
    assert same[0] == same[1] != keys(by("${body.id}"), {"id": "b"})
    assert same[0].key is not None
    assert same[0].lane is None


def test_a_lane_is_apart_from_a_key() -> None:
    both = keys({**by("${body.id}"), **in_order("${body.customer}")}, {"id": "1", "customer": "c"})
    assert both.key == keys(by("${body.id}"), {"id": "1"}).key
    assert both.lane == keys(in_order("${body.customer}"), {"customer": "c"}).lane
    secret = bytes(32)
    equal = Keys(b"same", b"same").digested(secret)
    assert equal.key != equal.lane


@given(st.lists(st.text(max_size=3), min_size=4, max_size=4))
def test_neighbouring_values_are_never_taken_for_each_other(texts: list[str]) -> None:
    written = by("${body.a}-${body.b}")
    first, second = ({"a": texts[0], "b": texts[1]}, {"a": texts[2], "b": texts[3]})
    made = [keys(written, one).key for one in (first, second)]
    assert (made[0] == made[1]) == (first == second) or made == [None, None]


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": ""}, [], "id"])
def test_a_value_that_is_not_there_gives_no_key(body: Any) -> None:
    assert keys(by("${body.id}"), body) == Keys()
    assert keys(in_order("${body.id}"), body) == Keys()


@pytest.mark.parametrize(
    ("body", "what"), [({}, "missing"), ({"id": None}, "missing"), ({"id": ""}, "empty")]
)
def test_a_required_key_is_asked_for_by_its_name(body: Any, what: str) -> None:
    with pytest.raises(Unmappable) as raised:
        keys(by("${body.id}", required=True), body)
    assert raised.value.detail == (
        f"The body parameter 'id' is {what}, and the gateway needs it to recognize repeated "
        "requests."
    )
    assert raised.value.reason.startswith("deduplicate.by: ")


def test_a_required_key_says_nothing_of_the_order() -> None:
    written = {**by("${body.id}", required=True), **in_order("${body.customer}")}
    assert keys(written, {"id": "1"}).lane is None


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_value_without_text_is_refused_rather_than_run_twice(value: Any) -> None:
    for written in (by("${body.id}"), in_order("${body.id}")):
        with pytest.raises(Unmappable, match=r"'id' is an .*, where text is needed"):
            keys(written, {"id": value})


def test_a_default_takes_the_place_of_what_is_not_there() -> None:
    written = by("${body.id ?? body.number}")
    assert keys(written, {"number": 7}) == keys(written, {"id": "7"})


def test_a_key_may_come_from_a_header_or_from_what_is_signed() -> None:
    exchange = an_exchange()
    exchange.fields = fields_of([(b"x-id", b"1")])
    assert keys(by("${headers.X-Id}"), exchange=exchange).key is not None
    exchange.sender = Sender(id="msg_1")
    signed = {"authentication": {**GITHUB, "scheme": "standard-webhooks"}}
    assert keys({**by("${sender.id}"), **signed}, exchange=exchange).key is not None


def request(method: str = "POST", path: str = "/hooks/orders", query: bytes = b"") -> Exchange:
    exchange = an_exchange()
    exchange.method, exchange.path, exchange.query_string = method, path, query
    return exchange


def test_a_digest_tells_bodies_methods_and_paths_apart() -> None:
    others = "/hooks/others"
    made = [
        keys(by_digest(), body, exchange).key
        for body, exchange in (
            (b"a", request()),
            (b"b", request()),
            (b"", request()),
            (b"a", request(method="PUT")),
            (b"a", request(path=others)),
        )
    ]
    assert len(set(made)) == len(made)
    assert keys(by_digest(), b"a", request()).key == made[0]


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        ({}, False),
        ({"authentication": GITHUB}, False),
        ({"authentication": TWILIO}, True),
        ({"method": ["POST", "GET"]}, True),
        ({"match": {"query": {"a": "1"}}}, True),
        ({"workflow": {"url": "http://w/", "query": {"a": "${query.a?}"}}}, True),
    ],
)
def test_the_query_counts_where_somebody_stands_for_it(
    written: dict[str, Any], counts: bool
) -> None:
    """A signed request that comes again with another query is a repetition, as nobody reads it."""
    made = {keys(by_digest(**written), b"a", request(query=query)).key for query in (b"", b"a=2")}
    assert len(made) == (2 if counts else 1)


def test_what_is_stored_tells_nobody_a_value() -> None:
    raw = keys({**by("${body.id}"), **in_order("${body.id}")}, {"id": "canary"})
    made = raw.digested(bytes(32))
    assert made.key is not None
    assert made.lane is not None
    assert {len(made.key), len(made.lane)} == {DIGEST}
    assert made == raw.digested(bytes(32)) != raw.digested(b"\1" * 32)
    assert Keys().digested(bytes(32)) == Keys()

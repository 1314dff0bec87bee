"""What templates cost and count where there are none, or few."""

from __future__ import annotations

import pytest

from gateway.compile.body import Received
from gateway.compile.sender import Sender
from gateway.compile.templates.inputs import HEADROOM, Inputs
from gateway.compile.templates.mapping import Mapped
from gateway.errors import Unmappable
from gateway.language.decode import convert
from gateway.language.inputs import workflow_of
from gateway.language.literals import encode_json
from gateway.language.spec import Hook
from tests.compile.templates.filled import LIMIT, Filled
from tests.support.exchanges import an_exchange


def test_data_without_templates_is_made_once_for_all_requests() -> None:
    filled = Filled(data={"a": "$${x}"}, headers={"X-A": "$${x}"}, query={"q": "$${x}"})
    assert not filled.mapped.any
    assert (filled.mapped.target, filled.mapped.lines, filled.mapped.json) == (None, None, None)
    assert filled.mapped.replace is not None
    first, second = filled.mapped.replace(None), filled.mapped.replace(None)
    assert first is second
    assert first.body == b'{"a":"${x}"}'
    assert b"/run?q=$%7Bx%7D HTTP/1.1" in filled.head(first)
    assert b"X-A: ${x}\r\n" in filled.head(first)


def test_a_template_may_be_a_literal_alone() -> None:
    filled = Filled(data={"a": "${'x'}"}, headers={"X-A": "${7}"})
    assert filled.mapped.any
    assert not filled.mapped.reads_body
    assert filled.payload().body == b'{"a":"x"}'


def test_members_without_templates_are_the_files() -> None:
    filled = Filled(body={"a": [1, {"b": "$${x}"}]})
    assert (filled.mapped.json, filled.mapped.parameters) == (None, None)
    assert filled.payload({"c": 1}).body == b'{"c":1,"a":[1,{"b":"${x}"}]}'


def test_a_run_is_drawn_only_where_a_template_reads_it() -> None:
    assert Filled(data={"a": "${request.id}"}).payload().run == ""
    payload = Filled(data={"a": "${run.id}"}, headers={"X-A": "${run.id}"}).payload()
    assert payload.body == b'{"a":"%b"}' % payload.run.encode()
    assert payload.lines == {b"x-a": b"X-A: %b\r\n" % payload.run.encode()}


def test_the_sender_is_what_its_credentials_tell() -> None:
    filled = Filled(
        data=[
            "${sender.id}",
            "${sender.timestamp}",
            "${sender.claims.*}",
            "${sender.claims.roles.0}",
            "${sender.claims.none ?? 'none'}",
            "${sender.username ?? 'nobody'}",
            "${sender.credential ?? 'nothing'}",
        ]
    )
    exchange = an_exchange()
    exchange.sender = Sender(claims={"roles": ["admin"]}, id="msg_1", timestamp=1_700_000_000)
    assert filled.payload(exchange=exchange).body == (
        b'["msg_1",1700000000,{"roles":["admin"]},"admin","none","nobody","nothing"]'
    )
    with pytest.raises(Unmappable, match=r"'sender\.id' is missing, and the workflow needs it"):
        filled.payload()


def test_a_body_that_is_sent_several_times_is_refused_before_it_is_made_whole() -> None:
    filled = Filled(data=["${body.*}"] * 60)
    with pytest.raises(Unmappable, match=f"larger than {LIMIT + HEADROOM} bytes"):
        filled.payload({"a": "x" * 100_000})
    assert len(filled.payload({"a": "x" * 10_000}).body or b"") > 600_000


def test_a_body_that_came_compressed_counts_as_what_it_is() -> None:
    body = {"a": "x" * 100_000}
    exchange = an_exchange()
    exchange.body_limit = LIMIT
    exchange.bytes_in, exchange.body = 200, encode_json(body)
    inputs = Inputs(exchange, Received("json", body), {})
    replace = Filled(data=["${body.*}"] * 60).mapped.replace
    assert replace is not None
    with pytest.raises(Unmappable, match=f"larger than {LIMIT + HEADROOM} bytes"):
        replace(inputs)


def test_a_refusal_names_the_place_for_the_operator_and_no_value() -> None:
    filled = Filled(data={"order": {"total": "${body.total | int}"}})
    with pytest.raises(Unmappable) as refused:
        filled.payload({"total": "canary"})
    assert refused.value.detail == "The body parameter 'total' is not a whole number."
    assert refused.value.reason == f"workflow.data.order.total: {refused.value.detail}"


def test_a_key_of_a_run_needs_the_body_and_makes_nothing_for_the_workflow() -> None:
    written = {"name": "a", "method": "POST", "workflow": "http://w/", "delivery": "durable"}
    for by, read in (("${body.id}", True), ("${headers.X-Id}", False), ({"digest": "body"}, False)):
        hook: Hook = convert({**written, "deduplicate": {"by": by}})
        mapped = Mapped(hook, workflow_of(hook), {})
        assert (mapped.any, mapped.reads_body) == (False, read)

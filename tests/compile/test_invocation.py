"""What is stored of a request is sent later as it would have been sent at once."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compile.exchange import Exchange
from gateway.compile.invocation import StoringInvoker
from gateway.compile.invocation_head import InvocationHead
from gateway.compile.payload import Payload
from gateway.compile.stored_head import StoredHead
from gateway.errors import Unsent, WorkflowFailure
from gateway.language.spec import SecretReference, Workflow
from gateway.language.spec.outgoing import (
    HeaderWorkflowAuthentication,
    SignatureWorkflowAuthentication,
)
from gateway.language.template.url import outline
from gateway.runs.invocation import Invocation, decode, encode
from gateway.runs.sealed import UnreadableError
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from gateway.wire.client import Endpoint
from tests.compile.test_invocation_head import CASES, JSON
from tests.support.exchanges import an_exchange, fields_of

URL = "http://flows.internal:8000/run?a=1"
OF_EACH_ATTEMPT = (b"traceparent", b"Gateway-Attempt")


def a_workflow(**keys: Any) -> Workflow:
    return Workflow(**{"url": URL, **keys})


def stored(exchange: Exchange, payload: Payload = JSON, **keys: Any) -> Invocation:
    """What is kept of a request, after it was kept."""
    runtime = Runtime(Settings(hooks=Path("hooks.d")))
    invocation = StoringInvoker(a_workflow(**keys), runtime).prepare(exchange, payload)
    return decode(encode(invocation))


def later(invocation: Invocation, attempt: int = 1, **keys: Any) -> bytes:
    """The head of an attempt by the hook as it is then."""
    workflow = a_workflow(**keys)
    made = StoredHead(workflow, Endpoint.of(outline(workflow.url)))
    return made(invocation, "run-1", attempt)


def lines_of(head: bytes) -> Counter[bytes]:
    return Counter(
        line for line in head.split(b"\r\n") if line.partition(b":")[0] not in OF_EACH_ATTEMPT
    )


def at_once(exchange: Exchange, payload: Payload = JSON, **keys: Any) -> bytes:
    workflow = a_workflow(**keys)
    exchange.run = "run-1"
    return InvocationHead(workflow, Endpoint.of(workflow.url))(exchange, payload)


PAYLOADS = {
    "json": JSON,
    "nothing": Payload(),
    "encoded": Payload(b"\x1f\x8b", "a/b", "gzip"),
    "parameters": Payload(query=(("b", "x &=ü:"), ("b", "2"))),
    "filled in": Payload(
        b"{}", "application/json", target="/run/a%20b?c=d",
        lines={b"x-city": "X-City: Zürich\r\n".encode()},
    ),
}  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("case", CASES)
def test_the_head_is_the_same_sooner_or_later(case: str, payload: str) -> None:
    keys, exchange, _, _ = CASES[case]
    data = PAYLOADS[payload]
    if data.lines:
        keys = {**keys, "headers": {**keys.get("headers", {}), "X-City": "${query.city}"}}
    kept = stored(exchange, data, **keys)
    assert lines_of(later(kept, **keys)) == lines_of(at_once(exchange, data, **keys))
    assert (kept.body, kept.content_type, kept.query) == (data.body, data.content_type, data.query)


@given(st.binary(max_size=50).filter(lambda value: b"\r" not in value and b"\n" not in value))
def test_any_header_that_can_be_sent_is_kept_byte_for_byte(value: bytes) -> None:
    exchange = an_exchange()
    exchange.fields = fields_of([(b"x-a", value)])
    try:
        expected = at_once(exchange, forward_headers=["X-A"])
    except ValueError:
        with pytest.raises(WorkflowFailure):
            stored(exchange, forward_headers=["X-A"])
        return
    kept = stored(exchange, forward_headers=["X-A"])
    assert lines_of(later(kept, forward_headers=["X-A"])) == lines_of(expected)


def test_the_way_there_is_that_of_the_hook_as_it_is_then() -> None:
    kept = stored(an_exchange(), headers={"X-Team": "old"})
    head = later(kept, url="http://new.internal/start", method="PUT", headers={"X-Team": "new"})
    lines = head.split(b"\r\n")
    assert lines[0] == b"PUT /start HTTP/1.1"
    assert {b"Host: new.internal", b"X-Team: new"} <= set(lines)


def test_what_templates_made_of_the_url_goes_to_the_server_of_then() -> None:
    kept = stored(an_exchange(), PAYLOADS["filled in"])
    lines = later(kept, url="http://new.internal/start").split(b"\r\n")
    assert lines[0] == b"POST /run/a%20b?c=d HTTP/1.1"
    assert b"Host: new.internal" in lines


@pytest.mark.parametrize(
    "keys",
    [{"url": "http://new.internal/orders/${body.id}"}, {"query": {"id": "${body.id}"}}],
    ids=["url", "query"],
)
def test_nothing_stands_in_for_values_of_the_url_that_were_not_stored(keys: dict[str, Any]) -> None:
    with pytest.raises(Unsent, match="has templates now"):
        later(stored(an_exchange()), **keys)


def test_what_the_request_gave_stands_once_beside_what_is_written_later() -> None:
    exchange = an_exchange()
    exchange.fields = fields_of([(b"x-a", b"given")])
    kept = stored(exchange, forward_headers=["X-A"])
    lines = later(kept, headers={"x-a": "written later"}).lower().split(b"\r\n")
    assert [line for line in lines if line.startswith(b"x-a:")] == [b"x-a: given"]


KEY = SecretReference(secret="key")
PROOFS = {
    "x-key": HeaderWorkflowAuthentication(name="X-Key", value=KEY),
    "webhook-timestamp": SignatureWorkflowAuthentication(scheme="standard-webhooks", secrets=[KEY]),
}


@pytest.mark.parametrize("name", PROOFS)
def test_the_credentials_of_then_take_the_place_of_what_was_given_by_their_name(name: str) -> None:
    exchange = an_exchange()
    exchange.fields = fields_of([(name.encode(), b"given")])
    kept = stored(exchange, forward_headers=[name])
    assert b"given" in later(kept)
    assert b"given" not in later(kept, authentication=PROOFS[name])


def test_each_attempt_is_numbered_and_a_child_of_the_same_trace() -> None:
    exchange = an_exchange()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    exchange.fields = fields_of([(b"traceparent", f"00-{trace}-00f067aa0ba902b7-01".encode())])
    kept = stored(exchange)
    first, second = later(kept, 1), later(kept, 2)
    assert b"Gateway-Attempt: 1\r\n" in first
    assert b"Gateway-Attempt: 2\r\n" in second
    parents = [
        line for head in (first, second) for line in head.split(b"\r\n") if b"traceparent" in line
    ]
    assert len(set(parents)) == 2
    assert all(trace.encode() in parent for parent in parents)


def test_nothing_is_kept_of_what_lets_a_caller_in_or_of_the_way_there() -> None:
    exchange = an_exchange()
    exchange.client = "192.0.2.1"
    exchange.fields = fields_of([(b"authorization", b"Bearer canary-1"), (b"cookie", b"canary-2")])
    written = {"X-Static": "canary-3"}
    kept = encode(stored(exchange, headers=written))
    assert not any(secret in kept for secret in (b"canary", b"192.0.2.1", b"flows.internal"))


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x02sealed", b"\x01", b"\x01\xc1", b"\x01\x90"])
def test_what_cannot_be_read_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        decode(data)


@given(st.binary(max_size=60).map(lambda data: b"\x01" + data))
def test_any_bytes_are_an_invocation_or_unreadable(data: bytes) -> None:
    with suppress(UnreadableError):
        assert isinstance(decode(data), Invocation)

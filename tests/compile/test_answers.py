"""What holds for answers of a hook's own, whatever a request and a workflow contain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from gateway.compile.answer import Answer
from gateway.compile.body import Received
from gateway.compile.exchange import Kept
from gateway.compile.responder import compile_response
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.mapping import Mapped
from gateway.errors import WorkflowFailure
from gateway.language.decode import convert
from gateway.language.inputs import workflow_of
from gateway.language.literals import encode_json
from gateway.language.spec import Response
from gateway.wire.client import Reply
from tests.compile.templates.properties import text, value
from tests.support.exchanges import an_exchange

TRIES = 2000
HOST = "https://www.example.com"
_FIT = re.compile(rb"[\t -~\x80-\xff]*")


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same requests in each run


def responses(chance: Random, **response: Any) -> Iterator[tuple[Answer, dict[str, Any]]]:
    """The answers that can be made of random requests and outputs, with the inputs of each."""
    written = convert({"name": "a", "workflow": "http://w/", "response": response}).response
    assert isinstance(written, Response)
    respond = compile_response(written)
    kinds: set[str] = set()
    for _ in range(TRIES):
        inputs = {"a": value(chance), "b": text(chance), "c": text(chance)}
        exchange = an_exchange()
        exchange.kept = Kept(inputs, {})
        header = {b"x-a": text(chance).encode("utf-8", "surrogateescape")}
        try:
            answer = respond(exchange, Reply(200, header, encode_json({"out": inputs["a"]})))
        except WorkflowFailure as failure:
            kinds.add(failure.kind)
            continue
        yield answer, inputs
    assert kinds <= {"unusable"}


@pytest.mark.parametrize("location", ["/a/${body.b}/${body.c}?q=${body.a}", "/${body.b}${body.c}"])
@pytest.mark.parametrize("origin", [HOST, ""])
def test_a_redirect_never_leaves_its_host(origin: str, location: str) -> None:
    made = 0
    for answer, _ in responses(chance(1), status=303, headers={"Location": origin + location}):
        found = dict(answer.headers)[b"location"].decode("ascii")
        parts = urlsplit(urljoin("https://gateway.example/hooks/a", found))
        assert f"{parts.scheme}://{parts.netloc}" == (origin or "https://gateway.example")
        assert parts.path.count("/") == location.count("/")
        assert not re.search(r"[\\\s]|^//", found)
        made += 1
    assert made > TRIES / 20


def test_no_header_has_a_line_break() -> None:
    headers = {"X-A": "${body.b}${body.c}", "X-B": "${workflow.headers.X-A}", "X-C": "${body.a?}"}
    made = 0
    for answer, _ in responses(chance(2), headers=headers, type="status"):
        assert all(_FIT.fullmatch(value) for _, value in answer.headers)
        made += 1
    assert made > TRIES / 20


def test_a_body_parses_and_its_fixed_members_are_those_of_the_file() -> None:
    body = {"fixed": {"a": [1, None, "$${b}"]}, "b": "${body.b}", "mixed": "<${body.b}>${body.c}"}
    made = 0
    for answer, inputs in responses(chance(3), body={**body, "out": "${workflow.body.out}"}):
        found = json.loads(answer.body)
        assert list(found) == ["fixed", "b", "mixed", "out"]
        assert found["fixed"] == {"a": [1, None, "${b}"]}
        assert found["b"] == inputs["b"]
        assert found["mixed"] == f"<{inputs['b']}>{inputs['c']}"
        assert encode_json(found["out"]) == encode_json(json.loads(encode_json(inputs["a"])))
        made += 1
    assert made == TRIES


def test_no_more_of_a_body_is_kept_than_the_answer_reads() -> None:
    hook = convert(
        {
            "name": "a",
            "method": "POST",
            "workflow": "http://w/",
            "response": {
                "headers": {"X-A": "${body.items.1.sku}"},
                "body": ["${body.customer.name}", "${query.a?}", "${body.missing ?? 1}"],
                "failures": [{"workflow": "any", "answer": {"body": "${body.customer.name}!"}}],
            },
        }
    )
    keep = Mapped(hook, workflow_of(hook), {}).keep
    assert keep is not None
    customer = {"name": "A", "card": "4242"}
    body = {"items": [{"sku": 1}, {"sku": 2, "price": 3}], "customer": customer, "b": 1}
    kept = keep(Inputs(an_exchange(), Received("json", body), {"a": "1"}))
    assert kept.body == {"items": {"1": {"sku": 2}}, "customer": {"name": "A"}}
    assert kept.query == {"a": "1"}


def test_hooks_whose_answers_read_nothing_of_the_request_keep_nothing() -> None:
    for response in ("outputs", {"body": {"a": "${workflow.body.a}", "run": "${run.id}"}}):
        hook = convert({"name": "a", "workflow": "http://w/", "response": response})
        mapped = Mapped(hook, workflow_of(hook), {})
        assert mapped.keep is None
        assert not mapped.any

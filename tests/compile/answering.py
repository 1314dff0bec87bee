"""What holds for answers of a hook's own, whatever a request and a workflow contain.

`python -m tests.compile.answering NUMBER` tries that many of them for each property.
"""

from __future__ import annotations

import json
import re
from functools import cache
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange, Kept
from gateway.compile.failures import compile_failures
from gateway.compile.responder import compile_response
from gateway.errors import WorkflowFailure
from gateway.language.answers import OWN
from gateway.language.decode import convert
from gateway.language.literals import encode_json
from gateway.language.spec import Response
from gateway.wire.client import Reply
from tests.compile.templates.properties import text, value
from tests.support.exchanges import an_exchange
from tests.support.proving import Property, prove_all

HOST = "https://www.example.com"
LOCATIONS = ("/a/${body.b}/${body.c}?q=${body.a}", "/${body.b}${body.c}")
_FIT = re.compile(rb"[\t -~\x80-\xff]*")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


@cache
def _response(written: str) -> Response:
    made = convert({"name": "a", "workflow": "http://w/", "response": json.loads(written)}).response
    assert isinstance(made, Response)
    return made


def _asked(chance: Random) -> tuple[Exchange, dict[str, Any], Reply]:
    """A request, what is kept of it, and what its workflow answers."""
    inputs = {"a": value(chance), "b": text(chance), "c": text(chance)}
    exchange = an_exchange()
    exchange.kept = Kept(inputs, {})
    header = {b"x-a": text(chance).encode("utf-8", "surrogateescape")}
    return exchange, inputs, Reply(200, header, encode_json({"out": inputs["a"]}))


def answered(chance: Random, **response: Any) -> tuple[Answer | None, dict[str, Any]]:
    """The answer to a random request and random outputs, None where none can be made of them."""
    respond = _respond(json.dumps(response))
    exchange, inputs, reply = _asked(chance)
    try:
        return respond(exchange, reply), inputs
    except WorkflowFailure as failure:
        assert failure.kind == "unusable"  # noqa: PT017 - no test by itself
        return None, inputs


@cache
def _respond(written: str) -> Any:
    return compile_response(_response(written))


def a_redirect_never_leaves_its_host(chance: Random) -> bool:
    origin, location = chance.choice((HOST, "")), chance.choice(LOCATIONS)
    answer, _ = answered(chance, status=303, headers={"Location": origin + location})
    if answer is None:
        return False
    found = dict(answer.headers)[b"location"].decode("ascii")
    parts = urlsplit(urljoin("https://gateway.example/hooks/a", found))
    assert f"{parts.scheme}://{parts.netloc}" == (origin or "https://gateway.example")
    assert parts.path.count("/") == location.count("/")
    assert not re.search(r"[\\\s]|^//", found)
    return True


def no_header_has_a_line_break(chance: Random) -> bool:
    headers = {"X-A": "${body.b}${body.c}", "X-B": "${workflow.headers.X-A}", "X-C": "${body.a?}"}
    answer, _ = answered(chance, headers=headers, type="status")
    if answer is not None:
        assert all(_FIT.fullmatch(value) for _, value in answer.headers)
    return answer is not None


def a_body_parses_and_its_fixed_members_are_those_of_the_file(chance: Random) -> bool:
    body = {"fixed": {"a": [1, None, "$${b}"]}, "b": "${body.b}", "mixed": "<${body.b}>${body.c}"}
    answer, inputs = answered(chance, body={**body, "out": "${workflow.body.out}"})
    assert answer is not None
    found = json.loads(answer.body)
    assert list(found) == ["fixed", "b", "mixed", "out"]
    assert found["fixed"] == {"a": [1, None, "${b}"]}
    assert found["b"] == inputs["b"]
    assert found["mixed"] == f"<{inputs['b']}>{inputs['c']}"
    assert encode_json(found["out"]) == encode_json(json.loads(encode_json(inputs["a"])))
    return True


_NAMED = (404, 409, 401, 503, "3xx", "4xx", "5xx", "timeout", "unreachable", "unusable", "any")
_KINDS = (404, 401, 408, 418, 500, 503, 302, "timeout", "unreachable")
_PASSED = (404, 409, "4xx")


def _fits(named: Any, kind: Any) -> bool:
    if named == "any" or named == kind:
        return True
    return isinstance(named, str) and isinstance(kind, int) and named == f"{kind // 100}xx"


def a_failure_gets_the_first_answer_that_fits(chance: Random) -> bool:
    """Each entry with an answer has a status of its own; the others pass on or report."""
    entries = [_entry(chance, index) for index in range(chance.randint(0, 3))]
    kind = chance.choice(_KINDS)
    exchange, inputs, _ = _asked(chance)
    failure, reply = _failed(kind, encode_json({"said": inputs["b"]}))
    fail = compile_failures(_response(json.dumps({"failures": entries})).failures, {})
    made = fail(exchange, failure, reply)
    assert all(_FIT.fullmatch(value) for _, value in made.headers)
    assert b"set-cookie" not in dict(made.headers)
    fitting = (
        one["answer"] for one in entries if any(_fits(each, kind) for each in one["workflow"])
    )
    first: Any = next((one for one in fitting if one != "pass" or _is_passed(kind)), "report")
    if first == "pass" and reply is not None:
        assert (made.status, made.body) == (kind, reply.body)
        return True
    if first == "report" or _CONTROL.search(inputs["b"].strip(" ")):
        assert made.status == 502
        return False
    assert made.status == first["status"]
    assert json.loads(made.body) == {"b": inputs["c"], "fixed": "${x}"}
    return True


def _entry(chance: Random, index: int) -> dict[str, Any]:
    own = {"headers": {"X-A": "${body.b ?? ''}"}, "body": {"b": "${body.c}", "fixed": "$${x}"}}
    answer = chance.choice(["pass", "report", {"status": 440 + index, **own}])
    names = _PASSED if answer == "pass" else _NAMED
    return {"workflow": chance.choices(names, k=chance.randint(1, 2)), "answer": answer}


def _failed(kind: int | str, body: bytes) -> tuple[WorkflowFailure, Reply | None]:
    if isinstance(kind, str):
        return WorkflowFailure("it failed", kind=kind), None
    headers = {b"x-a": b"1", b"set-cookie": b"a=b"}
    return WorkflowFailure("it failed", kind, "status"), Reply(kind, headers, body)


def _is_passed(kind: Any) -> bool:
    return isinstance(kind, int) and 400 <= kind < 500 and kind not in OWN


PROPERTIES: tuple[Property, ...] = (
    a_redirect_never_leaves_its_host,
    no_header_has_a_line_break,
    a_body_parses_and_its_fixed_members_are_those_of_the_file,
    a_failure_gets_the_first_answer_that_fits,
)


if __name__ == "__main__":
    prove_all(PROPERTIES)

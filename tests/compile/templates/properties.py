"""What holds for templates whatever a request contains.

`python -m tests.compile.templates.properties NUMBER` tries that many requests for each property.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from gateway.compile import strict_json
from gateway.errors import Unmappable
from gateway.language.values import json_equal
from tests.compile.templates.filled import ORIGIN, Filled
from tests.support.proving import Property, prove_all

_PIECES = [
    *("/", "\\", "%", "?", "#", "@", ":", ";", "&", "=", "+", ".", "..", "%2e", "%2F", "${body.a}"),
    *(
        "\r\n",
        "\n",
        "\t",
        "\x00",
        "\x7f",
        "\u0085",
        "\u2028",
        "\U0001f600",
        "\u00e9",
        " ",
        '"',
        "'",
    ),
    *("a", "b", "1", "{", "}", "[", "]", ",", "http://evil.example/", "X-Evil: b"),
]
Body = dict[str, Any]


def text(chance: Random) -> str:
    return "".join(chance.choices(_PIECES, k=chance.choice([0, 1, 1, 2, 3, 6])))


def scalar(chance: Random) -> Any:
    kind = chance.random()
    if kind < 0.6:
        return text(chance)
    number = chance.choice([0, -1, 7, 2**70, chance.randint(-(10**20), 10**20)])
    return chance.choice([None, True, False, number, Decimal(number) / 1000])


def value(chance: Random, depth: int = 0) -> Any:
    kind = chance.random()
    if depth > 2 or kind < 0.7:
        return scalar(chance)
    count = chance.randint(0, 3)
    if kind < 0.85:
        return [value(chance, depth + 1) for _ in range(count)]
    return {text(chance): value(chance, depth + 1) for _ in range(count)}


def body(chance: Random) -> Body:
    """An object with some of the members that the templates read."""
    found = {name: value(chance) for name in "ab" if chance.random() < 0.85}
    return found | ({"c": text(chance)} if chance.random() < 0.85 else {})


_EXPECTED: dict[str, Callable[[Body], Any]] = {
    "${body.a}": lambda body: body["a"],
    "${body.a?}": lambda body: body["a"],
    "${body.a ?? body.b}": lambda body: body["b"] if body.get("a") is None else body["a"],
    "${body.a ?? 'x'}": lambda body: "x" if body.get("a") is None else body["a"],
    "${body.*}": lambda body: body,
    "${body.c ?? ''} ${body.c ?? ''}": lambda body: " ".join([body.get("c", "")] * 2),
}
"""Template → its value, where nothing that it needs is missing."""

_FIXED = {"text": '$${body.a}"\\', "list": [1, {"a": None}], "true": True}


@cache
def filled(**workflow: str) -> Filled:
    return Filled(data={}, **{key: _written(one) for key, one in workflow.items()})


@cache
def _with_data(template: str) -> Filled:
    return Filled(data={**_FIXED, "filled": [template], "end": {"filled": template}})


def _written(one: str) -> Any:
    """A URL, or headers and parameters as `NAME=VALUE` lines."""
    if one.startswith("http"):
        return one
    return dict(line.split("=", 1) for line in one.split("\n"))


def the_json_is_the_files_but_for_what_is_filled_in(chance: Random) -> None:
    template, received = chance.choice([*_EXPECTED]), body(chance)
    try:
        sent = strict_json.decode(_with_data(template).payload(received).body or b"")
    except Unmappable:
        assert received.get("a") is None
        return
    values, end = sent.pop("filled"), sent.pop("end")
    assert json_equal(sent, {**_FIXED, "text": '${body.a}"\\'})
    if values:
        expected = _EXPECTED[template](received)
        assert json_equal(values, [expected])
        assert json_equal(end, {"filled": expected})
    else:
        assert (template, end) == ("${body.a?}", {})
        assert "a" not in received


_PATH = "/run/${body.a}/x-${body.b}.y/${body.c ?? 'c'}${body.c ?? ''}/end"


def a_path_has_the_segments_of_its_template(chance: Random) -> None:
    hook = filled(url=f"{ORIGIN}{_PATH}?fixed=1")
    try:
        payload = hook.payload(body(chance))
    except Unmappable:
        return
    assert re.fullmatch(r"[!-~]+", payload.target)
    path, _, query = payload.target.partition("?")
    assert query == "fixed=1"
    assert path.startswith("/run/")
    assert path.count("/") == _PATH.count("/")
    for segment in path.split("/")[1:]:
        assert segment
        assert not {".", ".."} & set(re.split(r"[/\\;]", unquote(segment)))
    called = urlsplit(ORIGIN + payload.target)
    assert (called.scheme, called.netloc, called.fragment) == ("http", "flows.internal:8000", "")
    request_line = hook.head(payload).partition(b"\r\n")[0].decode()
    assert request_line == f"POST {payload.target} HTTP/1.1"


def a_query_has_the_names_and_values_of_its_template(chance: Random) -> None:
    received = body(chance)
    hook = filled(url=f"{ORIGIN}/run?u=1&v=${{body.c ?? 'c'}}", query="w=${body.a?}")
    try:
        target = hook.payload(received).target
    except Unmappable:
        return
    assert re.fullmatch(r"[!-~]+", target)
    pairs = parse_qsl(urlsplit(ORIGIN + target).query, keep_blank_values=True, strict_parsing=True)
    assert pairs[:2] == [("u", "1"), ("v", received.get("c", "c"))]
    assert {name for name, _ in pairs[2:]} <= {"w"}
    if isinstance(received.get("a"), str):
        assert pairs[2:] == [("w", received["a"])]


def a_header_is_one_line(chance: Random) -> None:
    hook = filled(headers="X-A=${body.a}\nX-B=b ${body.c ?? ''}")
    try:
        head = hook.head(hook.payload(body(chance)))
    except Unmappable:
        return
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    names = [line.partition(b": ")[0].lower() for line in lines[1:]]
    assert names.count(b"x-a") == names.count(b"x-b") == 1
    assert len(names) == len(set(names))
    assert b"x-evil" not in names
    assert not re.search(rb"[\x00-\x1f\x7f]", b"".join(lines))


@cache
def _several() -> Filled:
    return Filled(
        data={"fixed": {"list": [1]}, "a": "${body.a?}", "b": ["${body.b?}"]},
        headers={"X-C": "${body.c ?? 'c' | trim | first(3)}"},
    )


def requests_have_nothing_of_each_other(chance: Random) -> None:
    one, other = body(chance), body(chance)

    def sent(received: Body) -> Any:
        try:
            return _several().payload(received)
        except Unmappable as refusal:
            return refusal.detail

    first = sent(one)
    sent(other)
    assert sent(one) == first


_INPUTS = [
    *("body.b", "body.c", "body.a.a", "body.a.b", "body.a", "body.b.c", "body.d.a", "body.a.0"),
    *("hook.name", "request.method", "body.a.b.c"),
]
_FILTERS = [
    *("lower", "upper", "trim", "first(3)", "last(2)", "strip_prefix('a')", "strip_suffix('b')"),
    *("length", "json", "text", "int", "part('a', 1)", "lower | trim"),
]
_LITERALS = ["'x'", "''", "7", "1.50", "null", "true"]


def template(chance: Random) -> str:
    """Text with expressions, or one of them alone."""
    if chance.random() < 0.6:
        return expression(chance, chance.random() < 0.3)
    parts = [chance.choice(["-", "", "$${x}"]) + expression(chance) for _ in range(2)]
    return "".join([*parts, chance.choice(["", "."])])


def expression(chance: Random, optional: bool = False) -> str:
    likely = chance.random() < 0.7
    inputs = _INPUTS[:4] if likely else _INPUTS
    ways = [chance.choice(inputs) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
    filters = _FILTERS[:7] if likely else _FILTERS
    ways = [f"{one} | {chance.choice(filters)}" if chance.random() < 0.3 else one for one in ways]
    if not optional and chance.random() < 0.3:
        ways.append(chance.choice(_LITERALS))
    return f"${{{' ?? '.join(ways)}{'?' if optional else ''}}}"


def members(chance: Random, depth: int = 0) -> Any:
    """Data with templates in it, and in what is inside it."""
    kind = chance.random()
    if depth > 2 or (depth and kind < 0.6):
        return template(chance) if chance.random() < 0.9 else chance.choice([1, "$${x}", None])
    count = chance.randint(1, 4)
    if depth and kind < 0.8:
        return [members(chance, depth + 1) for _ in range(count)]
    return {f"m{one}": members(chance, depth + 1) for one in range(count)}


def nested(chance: Random) -> Body:
    """An object with members that are objects, arrays and others."""
    if chance.random() < 0.5:
        return {"a": {one: text(chance) for one in "abc"}, "b": text(chance), "c": text(chance)}
    inside = [body, body, value, lambda one: [value(one)], text]
    return {name: chance.choice(inside)(chance) for name in "abcd" if chance.random() < 0.9}


def a_short_body_gives_what_its_templates_give_one_by_one(chance: Random) -> None:
    hook, bodies = Filled(data=members(chance)), [nested(chance) for _ in range(3)]

    def outcome(make: Callable[[Body], Any], received: Body) -> Any:
        try:
            return make(received)
        except Unmappable as refusal:
            return refusal.detail, refusal.reason

    for received in bodies:
        assert outcome(hook.payload, received) == outcome(hook.one_by_one, received)


PROPERTIES: tuple[Property, ...] = (
    the_json_is_the_files_but_for_what_is_filled_in,
    a_path_has_the_segments_of_its_template,
    a_query_has_the_names_and_values_of_its_template,
    a_header_is_one_line,
    requests_have_nothing_of_each_other,
    a_short_body_gives_what_its_templates_give_one_by_one,
)


if __name__ == "__main__":
    prove_all(PROPERTIES)

"""A sample is a request that its hook accepts, or says that it is not."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import re2  # type: ignore[import-untyped]
from hypothesis import given, settings
from msgspec import UNSET, UnsetType

from gateway.compile.body import Received
from gateway.compile.matcher import compile_match
from gateway.compile.payload import Payload
from gateway.compile.sample import Sample, sample_request
from gateway.compile.sample_text import sample_text
from gateway.language.decode import convert
from gateway.language.spec import Hook, Workflow
from gateway.language.spec.match import OPERATORS, Elements, Length, Operators
from gateway.language.spec.rules import Match
from tests.compile import strategies
from tests.compile.templates.filled import Filled
from tests.support.exchanges import an_exchange, fields_of
from tests.support.thorough import cases

URL = "http://127.0.0.1:9000/run"


def sample(match: Match, method: Any = "POST", **written: Any) -> Sample:
    return sample_request(Hook(name="a", method=method, workflow=URL, match=match, **written))


def document(sampled: Sample) -> Any:
    assert sampled.body is not None
    return json.loads(sampled.body)


def test_without_rules_a_request_is_only_its_path() -> None:
    assert sample_request(Hook(name="hello", workflow=URL)) == Sample(
        method="GET",
        path="/hooks/hello",
        query={},
        headers={},
        body=None,
        content_type=None,
        exact=True,
    )


def test_the_intended_values_are_in_the_body() -> None:
    sampled = sample(Match(body={"CityName": "Paris", "order.items.1.n": 2, "/a.b/~1": None}))
    assert document(sampled) == {
        "CityName": "Paris",
        "order": {"items": [None, {"n": 2}]},
        "a.b": {"/": None},
    }
    assert (sampled.content_type, sampled.exact) == ("application/json", True)


def test_rules_on_elements_of_the_outermost_array_make_one() -> None:
    assert document(sample(Match(body={"0.sku": "B", "1": True}))) == [{"sku": "B"}, True]


def test_the_query_and_the_headers_are_texts() -> None:
    match = Match(
        query={"n": 1, "tag": Operators(contains="x"), "no": Operators(exists=False)},
        headers={"X-Event": Operators(prefix="city.", suffix=".new")},
    )
    sampled = sample(match, method="GET")
    assert sampled.query == {"n": "1", "tag": "x"}
    assert sampled.headers == {"X-Event": "city..new"}
    assert sampled.exact


def test_a_parameter_of_the_path_is_filled_with_its_name() -> None:
    assert sample(Match(body={"a": 1}), path="/c/{city}/{n_2}").path == "/c/city/n_2"


def test_a_rule_on_the_body_asks_for_a_method_that_has_one() -> None:
    assert sample(Match(body={"a": 1}), method=["GET", "PUT", "POST"]).method == "PUT"
    assert sample(Match(query={"a": 1}), method=["GET", "PUT"]).method == "GET"


CONDITIONS: list[Any] = [
    "Paris",
    [1, 2],
    Operators(eq={"a": 1}),
    Operators(ne="a"),
    Operators(in_=["a", 1]),
    Operators(not_in=["example", 1], exists=True),
    Operators(gt=1, lt=2),
    Operators(gte=10, lte=10),
    Operators(gt="b", lte="c"),
    Operators(prefix="ab", suffix="bc", contains="x"),
    Operators(prefix="a", pattern="^a[0-9]{3}$"),
    Operators(contains={"a": 1}),
    Operators(pattern=r"^order\.(created|updated)$"),
    Operators(pattern="o+", prefix="f"),
    Operators(exists=True),
    Operators(exists=False),
    Operators(any=Elements({"sku": "B"}), all=Elements({"n": Operators(gte=1)})),
    Operators(all=Elements(Operators(prefix="a")), exists=True),
    Operators(none=Elements("a")),
    Operators(none=Elements("a"), contains="b"),
    Operators(length=2),
    Operators(length=Length(gt=2, ne=3), contains="x"),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
def test_a_rule_that_can_hold_has_a_sample(condition: Any) -> None:
    match = Match(body={"a.b": condition, "c": 1})
    sampled = sample(match)
    assert sampled.exact
    assert compile_match(match)(Received("json", document(sampled)), {}, {}) is None


def test_every_operator_has_a_sample() -> None:
    used = {
        name
        for condition in CONDITIONS
        if isinstance(condition, Operators)
        for field, name in zip(Operators.__struct_fields__, OPERATORS, strict=True)
        if getattr(condition, field) is not Operators.__struct_defaults__[0]
    }
    assert used == set(OPERATORS)


@pytest.mark.parametrize(
    "match",
    [
        Match(body={"a": Operators(gt=2, lt=1)}),
        Match(body={"a": 1, "a.b": 2}),
        Match(body={"a.999999999999": 1}),
        Match(query={"a": Operators(eq={"b": 1})}),
        Match(headers={"A": Operators(pattern="a$b")}),
        Match(query={"a\u0085\0": "1"}),
    ],
)
def test_a_sample_that_the_hook_would_refuse_says_so(match: Match) -> None:
    assert not sample(match).exact


NESTED: list[dict[str, Any]] = [
    {"any": [{"body": {"a": {"gt": 2, "lt": 1}}}, {"body": {"a": 1}}]},
    {"not": {"body": {"ref": {"prefix": "dependabot/"}}}},
    {"body": {"n": {"gte": 1}}, "not": {"body": {"n": {"gt": 1}}}},
    {"not": {"any": [{"body": {"a": {"exists": True}}}, {"query": {"b": "1"}}]}},
    {"path": {"city": {"in": ["saint-étienne", "rome"]}}, "all": [{"headers": {"X-A": "1"}}]},
    {"not": {"body": {"a": {"any": 1}}}},
]


@pytest.mark.parametrize("written", NESTED, ids=repr)
def test_rules_inside_rules_have_a_sample(written: dict[str, Any]) -> None:
    hook = convert(
        {"name": "a", "method": "POST", "path": "/a/{city}", "workflow": URL, "match": written}
    )
    assert sample_request(hook).exact


def test_a_path_parameter_is_filled_with_what_its_rule_asks_for() -> None:
    match = Match(path={"city": "saint-étienne"})
    assert sample(match, path="/c/{city}/{day}").path == "/c/saint-étienne/day"


@settings(max_examples=cases(200), deadline=None)
@given(strategies.whole_matches)
def test_a_sample_is_honest_about_every_rule(match: Match) -> None:
    sampled = sample(match)
    query = {name: value for name, value in sampled.query.items() if value != []}
    headers = [(name.lower().encode(), text.encode()) for name, text in sampled.headers.items()]
    mismatch = compile_match(match)(Received("json", document(sampled)), query, fields_of(headers))
    assert sampled.exact == (mismatch is None)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^order\.",
        r"^[A-Z]{2,3}-\d+$",
        "(foo|bar)baz?",
        "^(?:a|b)+x*$",
        "[^a-z]",
        r"^\w+@\w+\.com$",
        "(?i)abc",
        "[[:alpha:]]{3}",
        r"\bfoo\b",
        r"^\S+\s\S+$",
        "[]a]",
        "(?P<year>20[0-9]{2})",
        "x{0,2}y",
        "^$",
    ],
)
def test_a_pattern_is_found_in_its_sample(pattern: str) -> None:
    assert re2.search(pattern, sample_text(pattern))


@pytest.mark.parametrize("pattern", ["(", ")", "a{9999999}{9999999}", "[", "\\", "|||", r"\xZZ"])
def test_a_pattern_that_is_not_understood_still_has_some_text(pattern: str) -> None:
    assert len(sample_text(pattern)) <= 256


def mapped(match: Match | UnsetType = UNSET, **workflow: Any) -> Sample:
    spec = Workflow(**{"url": URL, **workflow})
    return sample_request(
        Hook(name="a", path="/a/{city}", method=["GET", "POST"], workflow=spec, match=match)
    )


def test_a_sample_has_what_templates_need_and_nothing_that_they_do_without() -> None:
    sampled = mapped(
        Match(body={"kind": Operators(in_=["b", "a"])}),
        url=f"{URL}/${{body.id}}/${{headers.X-Tag | part('/', 1)}}",
        query={"q": "${query.page | int}", "r": "${query.other?}"},
        data={
            "kind": "${body.kind | upper}",
            "total": "${body.order.total | number}",
            "names": "${body.people | pluck('name.first') | join(', ')}",
            "either": "${body.left ?? body.right}",
            "default": "${body.note ?? 'none'}",
        },
    )
    assert sampled.exact
    assert (sampled.method, sampled.query) == ("POST", {"page": "1"})
    assert sampled.headers == {"X-Tag": "example/example"}
    assert document(sampled) == {
        "kind": "b",
        "id": "example",
        "order": {"total": "1"},
        "people": [{"name": {"first": "example"}}],
        "left": "example",
    }


def test_a_template_that_needs_the_whole_body_gets_one() -> None:
    assert document(mapped(data="${body.*}")) == {}
    assert mapped(data={"a": "${query.*}"}).method == "GET"


def test_a_parameter_of_the_path_has_its_name_unless_a_template_needs_another() -> None:
    assert mapped(data={"a": "${path.city}"}).path == "/a/city"
    assert mapped(data={"a": "${path.city | int}"}).path == "/a/1"


def test_a_sample_says_that_a_template_cannot_use_what_a_rule_asks_for() -> None:
    assert not mapped(Match(body={"kind": "b"}), data={"kind": "${body.kind | int}"}).exact
    assert mapped(Match(body={"kind": "7"}), data={"kind": "${body.kind | int}"}).exact


def filled_in(sampled: Sample, **workflow: Any) -> Payload:
    """What the hook's workflow is sent of a sample. Raises Unmappable."""
    exchange = an_exchange()
    headers = [(name.lower().encode(), one.encode()) for name, one in sampled.headers.items()]
    exchange.fields = fields_of(headers)
    query = urlencode(sampled.query, doseq=True)
    return Filled(["GET", "POST"], **workflow).payload(document(sampled), query, exchange)


@settings(max_examples=cases(200), deadline=None, database=None)
@given(strategies.templates)
def test_an_exact_sample_can_be_filled_in(template: str) -> None:
    workflow = {"data": {"json": template}, "query": {"text": f"a {template}"}}
    sampled = mapped(Match(body={"any": True}), **workflow)
    if sampled.exact:
        assert filled_in(sampled, **workflow).body


def test_a_sample_has_the_key_that_its_hook_requires() -> None:
    written = {"name": "a", "method": "POST", "workflow": URL, "delivery": "durable"}
    by = {"by": "${body.event.id}-${headers.X-Id}"}
    needed = sample_request(convert({**written, "deduplicate": {**by, "required": True}}))
    assert (needed.body, needed.headers) == (b'{"event":{"id":"example"}}', {"X-Id": "example"})
    assert sample_request(convert({**written, "deduplicate": by})).body is None


JWT = {
    "type": "jwt",
    "issuer": "https://issuer.example",
    "audience": "orders",
    "algorithms": ["HS256"],
    "secrets": [{"secret": "a"}],
}
SENDERS: list[tuple[dict[str, Any], str]] = [
    ({"type": "basic", "users": [{"username": "p", "password": {"secret": "a"}}]}, "username"),
    (JWT, "claims.org"),
    (JWT, "claims.iss"),
    ({"type": "signature", "scheme": "slack", "secrets": [{"secret": "a"}]}, "timestamp"),
]


@pytest.mark.parametrize(("authentication", "field"), SENDERS)
def test_a_sample_has_what_its_sender_would_tell(
    authentication: dict[str, Any], field: str
) -> None:
    hook = convert(
        {
            "name": "a",
            "method": "POST",
            "authentication": authentication,
            "match": {"body": {"of": "${sender." + field + "}"}},
            "workflow": "http://w/",
        }
    )
    assert sample_request(hook).exact

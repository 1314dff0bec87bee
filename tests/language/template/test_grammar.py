"""Templates mean the same however they are written, and any text is a template or a mistake."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.language.template import BadTemplate, Constant, Reference, Template, parse
from tests.support.thorough import cases

HYPOTHESIS = settings(max_examples=cases(300), deadline=None, database=None)


def template(text: str) -> Template:
    found = parse(text)
    assert isinstance(found, Template)
    return found


def refusal(text: str) -> BadTemplate:
    with pytest.raises(BadTemplate) as caught:
        parse(text)
    return caught.value


def spans(found: Template, shift: int = 0) -> list[tuple[int, int]]:
    """Where the parts of the first expression stand, shifted to the right."""
    chains = found.expressions[0].alternatives
    parts = [*(one.operand for one in chains), *(call for one in chains for call in one.filters)]
    return [(one.span.start + shift, one.span.end + shift) for one in parts]


def reference(text: str) -> tuple[str, tuple[Any, ...]]:
    (chain,) = template(text).expressions[0].alternatives
    assert isinstance(chain.operand, Reference)
    return chain.operand.root, chain.operand.path


REFERENCES = {
    "${body.order.total}": ("body", ("order", "total")),
    "${body.items.0.sku}": ("body", ("items", 0, "sku")),
    "${body./order/odd.name}": ("body", ("order", "odd.name")),
    "${body.'/odd name/x'}": ("body", ("odd name", "x")),
    "${body.*}": ("body", ()),
    "${body./*}": ("body", ("*",)),
    "${query.a.b}": ("query", ("a.b",)),
    "${query.'it''s'}": ("query", ("it's",)),
    "${query.'*'}": ("query", ("*",)),
    "${headers.X-GitHub-Event}": ("headers", ("x-github-event",)),
    "${sender.claims.*}": ("sender", ("claims",)),
    "${sender.claims.a.0}": ("sender", ("claims", "a", 0)),
    "${sender.claims.'/a b'}": ("sender", ("claims", "a b")),
    "${sender.claims.'*'}": ("sender", ("claims", "*")),
    "${run.id}": ("run", ("id",)),
}


@pytest.mark.parametrize("text", REFERENCES)
def test_behind_the_dot_stands_what_a_rule_would_have_as_its_key(text: str) -> None:
    assert reference(text) == REFERENCES[text]


@pytest.mark.parametrize(
    "written", ["body.a", "body.a-b.0.c_1", "query.a.b", "headers.X-A", "path.city"]
)
def test_a_plain_reference_is_read_as_any_other(written: str) -> None:
    plain, spaced = template(f"a${{{written}}}b"), template(f"a${{ {written} }}b")
    assert plain == spaced
    expression = plain.expressions[0]
    span = expression.references[0].span
    assert (span.start, span.end, span.text) == (3, 3 + len(written), written)
    assert (expression.span.start, expression.span.text) == (1, f"${{{written}}}")


PLAIN = [
    "body.a.0 | first(7)",
    "body.a|lower",
    "query.q | strip_prefix('refs/heads/') ?? 'none'",
    "headers.X-A ?? ''?",
    "path.city?",
]


@pytest.mark.parametrize("written", PLAIN)
def test_a_plain_expression_is_read_as_token_by_token(written: str) -> None:
    plain, tokens = template(f"a${{{written}}}b"), template(f"a${{\u2003{written}}}b")
    assert plain == tokens
    assert spans(plain, shift=1) == spans(tokens)


@pytest.mark.parametrize("written", ["body.a | lowr", "body.a | first(0)", "body.a | part('/')"])
def test_a_plain_expression_is_refused_as_token_by_token(written: str) -> None:
    plain, tokens = refusal(f"${{{written}}}"), refusal(f"${{\u2003{written}}}")
    assert (plain.message, plain.hint) == (tokens.message, tokens.hint)
    assert (plain.start + 1, plain.end + 1) == (tokens.start, tokens.end)


SAME = [
    ("${query.a}", "${ query.'a' }"),
    ("${body.a|lower|first( 2 )}", "${\n  body./a\n  | lower\n  | first(2)\n}"),
    ("${headers.X-A??'b'?}", "${headers.x-a ?? 'b' ?}"),
    ("a $${b} ${body.a}", "a $${b} ${body.a }"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_white_space_quotes_and_the_case_of_headers_mean_nothing(one: str, other: str) -> None:
    assert parse(one) == parse(other)
    assert hash(parse(one)) == hash(parse(other))


DIFFERENT = [
    ("${body.a ?? 1}", "${body.a ?? true}"),
    ("${body.a ?? 1}", "${body.a ?? 1.0}"),
    ("${body.a ?? '1'}", "${body.a ?? 1}"),
    ("${body.a ?? null}", "${body.a ?? 'null'}"),
    ("${body.a}", "${body.a?}"),
    ("${body.a | first(1)}", "${body.a | last(1)}"),
    ("${body.*}", "${body./*}"),
    ("${query.A}", "${query.a}"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_gives_other_values_is_not_the_same(one: str, other: str) -> None:
    assert parse(one) != parse(other)


def test_a_text_without_an_expression_is_text() -> None:
    assert parse("a $ {b} $$ { c") == "a $ {b} $$ { c"
    assert parse("$${body.a} and $$${") == "${body.a} and $${"


def test_literals_keep_their_kind_and_what_is_inside_them() -> None:
    text = "${body.a ?? 'it''s } ${x} | ?? \"'?}"
    (first, second) = template(text).expressions[0].alternatives
    assert isinstance(second.operand, Constant)
    assert second.operand.value == "it's } ${x} | ?? \""
    assert template(text).expressions[0].optional
    assert first.filters == ()
    for literal, value in {"-1.50": Decimal("-1.50"), "7": 7, "false": False, "null": None}.items():
        operand = template(f"${{{literal}}}").expressions[0].alternatives[0].operand
        assert isinstance(operand, Constant)
        assert (operand.value, type(operand.value)) == (value, type(value))


def parsed_or_mistake(text: str) -> Template | str | BadTemplate:
    try:
        return parse(text)
    except BadTemplate as bad:
        return bad


PIECES = [
    "${",
    "$${",
    "}",
    "body.a",
    "'",
    "''",
    " | ",
    " ?? ",
    "?",
    "lower",
    "(",
    ")",
    ",",
    "1",
    '"',
]


@HYPOTHESIS
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=12).map("".join))
def test_any_text_is_a_template_or_a_mistake_at_a_place_inside_it(text: str) -> None:
    found = parsed_or_mistake(text)
    if isinstance(found, BadTemplate):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.message
        return
    if isinstance(found, str):
        assert found == text.replace("$${", "${")
        return
    for expression in found.expressions:
        assert expression.span.text == text[expression.span.start : expression.span.end]
        assert parse(expression.span.text) == Template((expression,))

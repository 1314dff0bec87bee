"""What an author wrote is kept on every way that a hook takes."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import pytest

from gateway.compile.sample import sample_request
from gateway.language.literals import plain, text_of
from gateway.language.notation import notation
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.language.spec import Hook, Workflow
from gateway.language.values import json_equal, kind_of

SPELLINGS = (
    "1", "+1", "1.0", "1.10", "1.1", "1e3", "1000", "0x10", "16", "-0", "-0.0", ".5", "True",
    "true", "~", "null", "12345678901234567890.5",
)  # fmt: skip


def hook_of(written: str) -> Hook:
    """A hook in which a scalar stands wherever scalars are kept as they were written."""
    text = f"""
name: literals
method: POST
authentication: none
match:
  body: {{a: {written}, b: {{eq: {written}}}, c: {{any: {{d: [{written}]}}}}}}
  query: {{a: {{in: [{written}]}}}}
workflow: {{url: "http://workflows.internal/", query: {{a: 1e3}}, body: {{a: {written}}}}}
"""
    reading = read_source(Source("hooks.d/literals.yaml", text.encode()))
    return reading.hooks[0].spec


def scalar(hook: Hook) -> Any:
    body: Any = getattr(hook.match, "body")  # noqa: B009 - `match` may be unset
    return body["a"]


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_hook_arrives_in_another_process_as_it_was_written(written: str) -> None:
    hook = hook_of(written)
    arrived = pickle.loads(pickle.dumps(hook))  # noqa: S301
    assert arrived == hook
    assert text_of(scalar(arrived)) == text_of(scalar(hook)) == written
    assert type(scalar(arrived)) is type(scalar(hook))


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_sample_of_a_rule_is_accepted_however_it_is_spelled(written: str) -> None:
    sample = sample_request(hook_of(written))
    assert sample.exact
    assert sample.query["a"] == written


def test_no_two_spellings_are_the_same_hook() -> None:
    assert len({notation(hook_of(written)) for written in SPELLINGS}) == len(SPELLINGS)


@pytest.mark.parametrize(
    ("one", "other"), [("1e3", "1000"), ("1.10", "1.1"), ("0x10", "16"), ("-0", "0"), ("+1", "1.0")]
)
def test_spellings_of_a_number_are_one_value(one: str, other: str) -> None:
    first, second = scalar(hook_of(one)), scalar(hook_of(other))
    assert json_equal(first, second)
    assert kind_of(first) == "number"


def test_a_spelling_of_a_constant_is_its_value() -> None:
    assert plain([scalar(hook_of("True")), {"a": scalar(hook_of("~"))}]) == [True, {"a": None}]
    assert kind_of(scalar(hook_of("~"))) == "null"
    assert kind_of(scalar(hook_of("FALSE"))) == "boolean"


def test_no_number_of_a_file_becomes_a_float() -> None:
    workflow = hook_of("12345678901234567890.5").workflow
    assert isinstance(workflow, Workflow)
    assert workflow.body["a"] == Decimal("12345678901234567890.5")
    assert text_of(workflow.query["a"]) == "1e3"

"""Whoever does what a hint says has a hook that validates there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.language.diagnostic import Diagnostic
from gateway.language.read import read
from gateway.language.source import Source

WRONG = (
    "body", "query", "headers", "path", "sender", "request", "hook", "run", "workflow", "failure",
    "order", "boddy", "worfklow", "json", "a b", "''", "",
    "boddy.x", "qery.x", "pth.city", "worfklow.status", "failre.kind", "event.type", "runn.id",
    "sender.nam", "sender.usernam", "sender.claim", "sender.claims", "request.tme", "run.x",
    "request.recieved", "hook.x", "workflow.x", "workflow.bdy", "workflow.body", "workflow.headers",
    "failure.x", "failure.knd", "headers.*",
)  # fmt: skip
HOOKS: dict[str, dict[str, Any]] = {
    "direct": {"path": "/a/{city}"},
    "durable": {"delivery": "durable"},
    "of GET": {"method": "GET"},
    "with a user": {
        "authentication": {
            "type": "basic",
            "users": [{"username": "u", "password": {"secret": "p"}}],
        }
    },
}
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "for the workflow": lambda text: {"workflow": {"url": "http://a/b", "query": {"q": text}}},
    "in an answer": lambda text: {"response": {"body": {"a": text}}},
    "in a header of an answer": lambda text: {"response": {"headers": {"X-A": text}}},
    "in a failure": lambda text: {
        "response": {
            "failures": [{"workflow": 500, "answer": {"status": 500, "body": {"a": text}}}]
        }
    },
    "in a failure without an answer": lambda text: {
        "response": {
            "failures": [{"workflow": "timeout", "answer": {"status": 500, "body": {"a": text}}}]
        }
    },
    "in a rule": lambda text: {"match": {"query": {"a": text}}},
    "in a key": lambda text: {"deduplicate": {"by": text}},
}
_LISTED = re.compile(r"it can read (.*)")
_MEANT = re.compile(r"did you mean '([^']+)'\?")
_INPUT = re.compile(r"such as (\S+?),? or text")
_NAMES = {
    "body": "id", "query": "q", "headers": "X-A", "path": "city", "sender": "address",
    "request": "id", "hook": "name", "run": "id", "workflow": "duration_ms", "failure": "kind",
}  # fmt: skip


def told(hook: dict[str, Any]) -> list[Diagnostic]:
    """What is wrong with the templates of a hook."""
    text = json.dumps({"name": "a", "method": "POST", "authentication": "none", **hook})
    found = read([Source("a.yaml", text.encode())]).diagnostics
    return [
        one
        for one in found
        if one.code in ("bad-template", "unknown-input", "never-there")
        or one.code in ("answer-before-workflow", "body-without-body", "workflow-not-called")
    ]


def offered(hint: str) -> Iterator[str]:
    """The inputs that a hint names, each as one may write it."""
    yield from (one for one in re.findall(r"\$\{([^}]*)\}", hint))
    for found in (_LISTED, _MEANT, _INPUT):
        for one in (each for match in found.findall(hint) for each in match.split(", ")):
            root = one.removesuffix(".…")
            yield root if "." in root else f"{root}.{_NAMES[root]}"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", HOOKS)
def test_what_the_hint_of_a_template_names_can_be_read_there(kind: str, place: str) -> None:
    base = {"workflow": "http://a/b", **HOOKS[kind]}
    if place == "in a key":
        base = {"delivery": "durable", **base}
    for wrong in WRONG:
        for one in told({**base, **PLACES[place](f"${{{wrong}}}")}):
            for right in offered(one.hint):
                again = told({**base, **PLACES[place](f"${{{right}}}")})
                # What a durable hook says of 'failures' is about the key.
                assert [each.message for each in again if "failed" not in each.message] == [], (
                    wrong, one.hint, right,
                )  # fmt: skip


DURATIONS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "after": lambda value: {"delivery": {"type": "durable", "retry": {"after": [value]}}},
    "give_up": lambda value: {"delivery": {"type": "durable", "retry": {"give_up": value}}},
    "succeeded": lambda value: {"delivery": {"type": "durable", "retention": {"succeeded": value}}},
    "dead": lambda value: {"delivery": {"type": "durable", "retention": {"dead": value}}},
    "wait": lambda value: {"delivery": {"type": "durable", "wait": value}},
    "within": lambda value: {
        "delivery": "durable",
        "deduplicate": {"by": "${body.id}", "within": value},
    },
    "timeout": lambda value: {"workflow": {"url": "http://a/b", "timeout": value}},
    "leeway": lambda value: {
        "authentication": {
            "type": "jwt",
            "issuer": "https://a",
            "audience": ["a"],
            "algorithms": ["RS256"],
            "jwks": "https://a/keys",
            "leeway": value,
        }
    },
    "tolerance": lambda value: {
        "authentication": {
            "type": "signature",
            "scheme": "stripe",
            "secrets": [{"secret": "s"}],
            "tolerance": value,
        }
    },
}
_WITH_UNIT = re.compile(r"write its unit, such as (\w+)")
_BOUND = re.compile(r"at (?:least|most) (\w+)")


def mistakes(hook: dict[str, Any]) -> list[Diagnostic]:
    base = {"name": "a", "method": "POST", "authentication": "none", "workflow": "http://a/b"}
    text = json.dumps({**base, **hook})
    found = read([Source("a.yaml", text.encode())]).diagnostics
    return [one for one in found if one.severity == "error"]


@pytest.mark.parametrize("key", DURATIONS)
@pytest.mark.parametrize("written", [0, 1, 5, 60, 400, 5000, 86_400, 10**8, "", "60", "6 weeks"])
def test_a_duration_that_a_hint_names_is_within_the_bounds_of_its_key(
    key: str, written: int | str
) -> None:
    (one,) = mistakes(DURATIONS[key](written))
    named = _WITH_UNIT.findall(one.hint) + _BOUND.findall(one.hint)
    assert named or "the units are" in one.hint
    for right in named:
        assert mistakes(DURATIONS[key](right)) == []


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ({"retry": {"permanent": ["4xx"]}}, "for example 404"),
        ({"retry": {"permanent": ["404"]}}, "write the number without quotes"),
        ({"retry": {"permanent": ["9"]}}, "for example 404"),
        ({"concurrency": "16"}, "write the number without quotes"),
        ({"concurrency": "4x"}, ""),
        ({"concurrency": "1.5"}, ""),
        ({"concurrency": "9999999999999999999999"}, ""),
        ({"wait": 2}, "write its unit, such as 2s"),
        ({"wait": -2}, ""),
        ({"wait": 1.5}, ""),
        ({"retention": {"dead": 14}}, "write its unit, such as 14d"),
        ({"retry": {"give_up": 4}}, "write its unit, such as 4d"),
        ({"retry": {"give_up": 60}}, "write its unit, such as 60h"),
        ({"retry": {"after": [0]}}, "write it with its unit: at least 1s and at most 30d"),
        ({"wait": 60}, "write it with its unit: at most 30s"),
    ],
)
def test_the_hint_for_a_value_names_one_that_validates(written: Any, hint: str) -> None:
    found = mistakes({"delivery": {"type": "durable", **written}})
    assert [one.code for one in found] == ["wrong-type"]
    assert [one.hint for one in found] == [hint]

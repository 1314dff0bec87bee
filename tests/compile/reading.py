"""The rules of `match`, read aloud: slow, obvious, and sharing no code with what runs.

A rule holds, does not hold, or cannot be judged, which is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import UNSET

from gateway.language.rules import Asked, Placed, asked, asked_in
from gateway.language.spec.rules import Match, Rule
from tests.compile.filling import filled
from tests.compile.reference import (
    NOTHING,
    Tagged,
    Verdict,
    both,
    either,
    operator_holds,
    opposite,
    parts,
    segments,
    tag,
    walk,
)

Paths = list[list[str]]


class Request(NamedTuple):
    """The parameters of a request. A body of the kind `absent` is one that cannot be there."""

    kind: str = "none"
    body: Any = None
    query: Mapping[str, Any] = MappingProxyType({})
    headers: Sequence[tuple[bytes, bytes]] = ()
    path: Mapping[str, str] = MappingProxyType({})


def accepts(match: Match, request: Request) -> bool:
    """Whether all conditions of `match` hold for a request."""
    in_form = [segments(one.name) for one in asked(match) if one.source == "body"]
    in_query = [[one.name] for one in asked(match) if one.source == "query"]
    return Reading(request, in_form, in_query).rule(match) is True


class Reading:
    """One request as rules read it, which ask for these parameters."""

    def __init__(self, request: Request, in_form: Paths, in_query: Paths) -> None:
        self.request = request
        self.in_form = in_form
        self.in_query = in_query

    def rule(self, rule: Rule) -> Verdict:
        verdicts = [self.condition(one) for one in asked_in(Placed((), rule))]
        if rule.any is not UNSET:
            verdicts.append(either([self.rule(one) for one in rule.any]))
        if rule.all is not UNSET:
            verdicts.append(both([self.rule(one) for one in rule.all]))
        if rule.not_ is not UNSET:
            verdicts.append(opposite(self.rule(rule.not_)))
        return both(verdicts)

    def condition(self, one: Asked) -> Verdict:
        """All operators of a condition; a test that fails for want of a value decides nothing."""
        in_json = one.source == "body" and self.request.kind in ("json", "none")
        condition = filled(one.condition, self.request, in_json)
        return both([self.operator(one, name, operand) for name, operand in parts(condition)])

    def operator(self, one: Asked, name: str, operand: Any) -> Verdict:
        kind, body, query, headers, path = self.request
        if one.source == "headers":
            lines = [v.decode() for k, v in headers if k.decode().lower() == one.name.lower()]
            return on_lines(name, operand, lines)
        if one.source == "query":
            if ambiguous(query, [one.name], self.in_query):
                return None
            return judged(name, operand, found(query, one.name), typed=False)
        if one.source == "path":
            return judged(name, operand, found(path, one.name), typed=False)
        if kind == "absent":
            return None
        if kind in ("form", "multipart") and ambiguous(body, segments(one.name), self.in_form):
            return None
        value = NOTHING if kind == "none" else walk(tag(body), segments(one.name))
        return judged(name, operand, value, typed=kind in ("json", "none"))


def on_lines(name: str, operand: Any, lines: list[str]) -> Verdict:
    """A header of several lines. What says that something is not there is true of one only."""
    joined = tag(", ".join(lines)) if lines else NOTHING
    verdict = judged(name, operand, joined, typed=False)
    if len(lines) < 2:
        return verdict
    if verdict is True:
        return None if name in ("ne", "not_in") else True
    return None if name in ("eq", "in", "prefix", "suffix", "pattern") else verdict


def judged(name: str, operand: Any, value: Tagged, typed: bool) -> Verdict:
    """A condition, which is not judged where it speaks of a value and there is none."""
    verdict = operator_holds(name, operand, value, typed)
    always = ("eq", "ne", "in", "not_in", "exists", "none")
    if verdict is False and name not in always and value in (NOTHING, ("null",)):
        return None
    return verdict


def ambiguous(received: Mapping[str, Any], path: list[str], rules: Paths) -> bool:
    """Whether a name could be what a rule speaks of to a program that reads dots as steps."""
    written = [one[0] for one in rules if len(one) == 1]
    for name in received:
        mine, theirs = steps(name), steps(".".join(path))
        length = min(len(mine), len(theirs))
        dotted = "." in name or any("." in one for one in written)
        if name not in written and dotted and mine[:length] == theirs[:length]:
            return True
    return False


def steps(name: str) -> list[str]:
    return [one for one in name.split(".") if not one.isdigit()]


def found(parameters: Mapping[str, Any], name: str) -> Tagged:
    """The value of a parameter, tagged."""
    return tag(parameters[name]) if name in parameters else NOTHING

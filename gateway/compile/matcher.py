"""Whether the parameters are the intended ones, asked without looking anything up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import UnsetType

from gateway.compile.body import Received
from gateway.compile.comparisons import TEXT, TYPED, Comparison, Test
from gateway.compile.operators import compile_condition
from gateway.compile.paths import MISSING, Finder, compile_path
from gateway.language.spec.match import Condition, Match
from gateway.language.values import parse_path


class Mismatch(NamedTuple):
    """A condition that does not hold: `detail` tells the caller, and `reason` the operator, who
    learns where it is written. Neither tells a value.
    """

    detail: str
    reason: str


class Rule(NamedTuple):
    """One test on one parameter, with what is said of its failure."""

    find: Finder
    test: Test
    if_missing: Mismatch
    if_other: Mismatch


Rules = tuple[Rule, ...]
Places = Mapping[str, str]
"""Where conditions are written, as `file:line`, by names such as `match.body.ref`."""


class Matcher:
    """All conditions of a hook. `needs_body` says whether the body must be decoded for it."""

    __slots__ = ("_form", "_header_names", "_headers", "_json", "_query", "needs_body")

    def __init__(self, match: Match, places: Places) -> None:
        body = _Part("body parameter", "match.body.", places)
        query = _Part("query parameter", "match.query.", places)
        headers = _Part("header", "match.headers.", places)
        self._json = _rules(body, match.body, _at_path, TYPED)
        self._form = _rules(body, match.body, _at_path, TEXT)
        self._query = _rules(query, match.query, _named, TEXT)
        self._headers = _rules(headers, match.headers, _header, TEXT)
        self._header_names = frozenset(name.lower().encode() for name in _written(match.headers))
        self.needs_body = bool(self._json)

    def __call__(
        self,
        body: Received | None,
        query: Mapping[str, Any],
        headers: Iterable[tuple[bytes, bytes]],
    ) -> Mismatch | None:
        """None where all conditions hold, else the first that does not.

        `headers` are lower-case names with values as received (ASGI).
        """
        return (
            (self._mismatch_in(body) if self._json else None)
            or (_first_mismatch(self._query, query) if self._query else None)
            or (_first_mismatch(self._headers, self._gather(headers)) if self._headers else None)
        )

    def _mismatch_in(self, body: Received | None) -> Mismatch | None:
        if body is None or body.kind == "none":
            return _first_mismatch(self._json, MISSING)
        return _first_mismatch(self._json if body.kind == "json" else self._form, body.value)

    def _gather(self, headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
        """The headers that rules speak of; one that is repeated is a list (RFC 9110, 5.3)."""
        found: dict[bytes, bytes] = {}
        for name, value in headers:
            if name in self._header_names:
                found[name] = found[name] + b", " + value if name in found else value
        return {name.decode("ascii"): _header_text(value) for name, value in found.items()}


def compile_match(match: Match | UnsetType, places: Places | None = None) -> Matcher:
    """The matcher of a hook; without rules it accepts everything."""
    return Matcher(Match() if isinstance(match, UnsetType) else match, places or {})


def compile_claims(conditions: dict[str, Condition]) -> Callable[[Mapping[str, Any]], bool]:
    """Whether all conditions hold for the claims of a token, compared by JSON type."""
    rules = _rules(_Part("claim", "claims.", {}), conditions, _at_path, TYPED)
    return lambda claims: _first_mismatch(rules, claims) is None


def _first_mismatch(rules: Rules, value: Any) -> Mismatch | None:
    for find, test, if_missing, if_other in rules:
        found = find(value)
        if not test(found):
            return if_missing if found is MISSING else if_other
    return None


def _written(conditions: dict[str, Condition] | UnsetType) -> dict[str, Condition]:
    return {} if isinstance(conditions, UnsetType) else conditions


class _Part(NamedTuple):
    """A part of a hook that holds conditions: what they are on, and how they are named."""

    what: str
    prefix: str
    places: Places

    def missing(self, name: str) -> Mismatch:
        """The parameter is not there."""
        return self._mismatch(name, f"The {self.what} {name!r} is missing.")

    def other(self, name: str, operator: str) -> Mismatch:
        """The parameter is there, and an operator, empty for equality, does not hold."""
        why = f": {operator!r} does not hold" if operator else ""
        return self._mismatch(name, f"The {self.what} {name!r} does not match{why}.")

    def _mismatch(self, name: str, sentence: str) -> Mismatch:
        condition = self.prefix + name
        place = self.places.get(condition)
        where = f"{condition} ({place})" if place else condition
        return Mismatch(sentence, f"{where}: {sentence}")


def _rules(
    part: _Part,
    conditions: dict[str, Condition] | UnsetType,
    finder: Callable[[str], Finder],
    comparison: Comparison,
) -> Rules:
    return tuple(
        Rule(finder(name), test, part.missing(name), part.other(name, key))
        for name, condition in _written(conditions).items()
        for key, test in compile_condition(condition, comparison)
    )


def _at_path(path: str) -> Finder:
    return compile_path(parse_path(path))


def _named(name: str) -> Finder:
    return lambda parameters: parameters.get(name, MISSING)


def _header(name: str) -> Finder:
    return _named(name.lower())


def _header_text(value: bytes) -> str:
    """UTF-8 as senders of today mean it, else Latin-1 as HTTP/1.0 did: every value has a text."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")

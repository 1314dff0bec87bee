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


class Rule(NamedTuple):
    """One test on one parameter, with the sentences of its failure."""

    find: Finder
    test: Test
    if_missing: str
    if_other: str


Rules = tuple[Rule, ...]


class Matcher:
    """All conditions of a hook. `needs_body` says whether the body must be decoded for it."""

    __slots__ = ("_form", "_header_names", "_headers", "_json", "_query", "needs_body")

    def __init__(self, match: Match) -> None:
        self._json = _rules("body parameter", match.body, _at_path, TYPED)
        self._form = _rules("body parameter", match.body, _at_path, TEXT)
        self._query = _rules("query parameter", match.query, _named, TEXT)
        self._headers = _rules("header", match.headers, _header, TEXT)
        self._header_names = frozenset(name.lower().encode() for name in _written(match.headers))
        self.needs_body = bool(self._json)

    def __call__(
        self,
        body: Received | None,
        query: Mapping[str, Any],
        headers: Iterable[tuple[bytes, bytes]],
    ) -> str | None:
        """None where all conditions hold, else a sentence for the caller's 422.

        It names the first parameter that is not as intended, and the operator; it tells no value.
        `headers` are lower-case names with values as received (ASGI).
        """
        return (
            (self._mismatch_in(body) if self._json else None)
            or (_first_mismatch(self._query, query) if self._query else None)
            or (_first_mismatch(self._headers, self._gather(headers)) if self._headers else None)
        )

    def _mismatch_in(self, body: Received | None) -> str | None:
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


def compile_match(match: Match | UnsetType) -> Matcher:
    """The matcher of a hook; without rules it accepts everything."""
    return Matcher(Match() if isinstance(match, UnsetType) else match)


def compile_claims(conditions: dict[str, Condition]) -> Callable[[Mapping[str, Any]], bool]:
    """Whether all conditions hold for the claims of a token, compared by JSON type."""
    rules = _rules("claim", conditions, _at_path, TYPED)
    return lambda claims: _first_mismatch(rules, claims) is None


def _first_mismatch(rules: Rules, value: Any) -> str | None:
    for find, test, if_missing, if_other in rules:
        found = find(value)
        if not test(found):
            return if_missing if found is MISSING else if_other
    return None


def _written(conditions: dict[str, Condition] | UnsetType) -> dict[str, Condition]:
    return {} if isinstance(conditions, UnsetType) else conditions


def _rules(
    what: str,
    conditions: dict[str, Condition] | UnsetType,
    finder: Callable[[str], Finder],
    comparison: Comparison,
) -> Rules:
    return tuple(
        Rule(finder(name), test, f"The {what} {name!r} is missing.", _no_match(what, name, key))
        for name, condition in _written(conditions).items()
        for key, test in compile_condition(condition, comparison)
    )


def _no_match(what: str, name: str, key: str) -> str:
    why = f": {key!r} does not hold" if key else ""
    return f"The {what} {name!r} does not match{why}."


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

"""Whether the parameters are the intended ones, asked without looking anything up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import UnsetType

from gateway.compile.body import Received
from gateway.compile.comparisons import TEXT, TYPED, Comparison, Test
from gateway.compile.exchange import Fields
from gateway.compile.header_text import header_text
from gateway.compile.names import Names
from gateway.compile.operators import compile_condition, holds_number
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

    __slots__ = (
        "_body",
        "_form",
        "_form_names",
        "_header_names",
        "_headers",
        "_json",
        "_parameters",
        "_query",
        "_query_names",
        "compares_numbers",
        "needs_body",
    )

    def __init__(self, match: Match, places: Places) -> None:
        body = self._body = _Part("body parameter", "match.body.", places)
        query = self._parameters = _Part("query parameter", "match.query.", places)
        headers = _Part("header", "match.headers.", places)
        self._json = _rules(body, match.body, _at_path, TYPED)
        self._form = _rules(body, match.body, _at_path, TEXT)
        self._form_names = Names(map(_form_name, _written(match.body)))
        self._query = _rules(query, match.query, _named, TEXT)
        self._query_names = Names(_written(match.query))
        self._headers = _rules(headers, match.headers, _header, TEXT, _over_lines)
        names = dict.fromkeys(map(str.lower, _written(match.headers)))
        self._header_names = tuple((name.encode(), name) for name in names)
        self.needs_body = bool(self._json)
        self.compares_numbers = any(map(holds_number, _written(match.body).values()))

    def __call__(
        self,
        body: Received | None,
        query: Mapping[str, Any],
        fields: Fields,
    ) -> Mismatch | None:
        """None where all conditions hold, else the first that does not.

        `fields` are the header fields by name, with values as received.
        """
        return (
            (self._mismatch_in(body) if self._json else None)
            or (self._mismatch_in_query(query) if self._query else None)
            or (_first_mismatch(self._headers, self._texts(fields)) if self._headers else None)
        )

    def _mismatch_in(self, body: Received | None) -> Mismatch | None:
        if body is None:
            return _WITHOUT_BODY
        if body.kind == "json":
            return _first_mismatch(self._json, body.value)
        if body.kind == "none":
            return _first_mismatch(self._json, MISSING)
        taken = self._form_names.taken(body.value)
        if taken is not None:
            return self._body.ambiguous(taken, "form")
        return _first_mismatch(self._form, body.value)

    def _mismatch_in_query(self, query: Mapping[str, Any]) -> Mismatch | None:
        taken = self._query_names.taken(query)
        if taken is not None:
            return self._parameters.ambiguous(taken, "query")
        return _first_mismatch(self._query, query)

    def _texts(self, fields: Fields) -> dict[str, str | list[str]]:
        """The headers that rules speak of; one that is repeated has a list of its lines."""
        return {
            name: [header_text(line) for line in value]
            if isinstance(value, list)
            else header_text(value)
            for field, name in self._header_names
            if (value := fields.get(field)) is not None
        }


_NO_BODY = "A request with this method has no body, but the hook's rules need one."
_WITHOUT_BODY = Mismatch(_NO_BODY, f"match.body: {_NO_BODY}")


def compile_match(match: Match | UnsetType, places: Places | None = None) -> Matcher:
    """The matcher of a hook; without rules it accepts everything."""
    return Matcher(Match() if isinstance(match, UnsetType) else match, places or {})


def compile_claims(
    conditions: dict[str, Condition],
) -> Callable[[Mapping[str, Any]], Mismatch | None]:
    """The first condition that does not hold for the claims of a token, compared by JSON type."""
    rules = _rules(_Part("claim", "claims.", {}), conditions, _at_path, TYPED)
    return lambda claims: _first_mismatch(rules, claims)


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

    def ambiguous(self, name: str, where: str) -> Mismatch:
        """A name that was sent stands for the parameter in some programs and not in others."""
        sentence = (
            f"The {where} has a name that some programs read as the {self.what} {name!r}; "
            "send names without brackets, dots and spaces."
        )
        return self._mismatch(name, sentence)

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
    adapt: Callable[[str, Test], Test] = lambda _key, test: test,
) -> Rules:
    return tuple(
        Rule(finder(name), adapt(key, test), part.missing(name), part.other(name, key))
        for name, condition in _written(conditions).items()
        for key, test in compile_condition(condition, comparison)
    )


def _over_lines(key: str, test: Test) -> Test:
    """A header of several lines is one list with commas (RFC 9110, 5.3), or one of them counts:
    a denial must hold for both, and so for a single line only.
    """
    if key in ("ne", "not_in"):
        return lambda value: None if type(value) is list else test(value)
    return lambda value: test(", ".join(value) if type(value) is list else value)


def _form_name(path: str) -> str | tuple[str, ...]:
    """What a form would call a parameter: only a path of one step has a name there."""
    steps = tuple(map(str, parse_path(path)))
    return steps[0] if len(steps) == 1 else steps


def _at_path(path: str) -> Finder:
    return compile_path(parse_path(path))


def _named(name: str) -> Finder:
    return lambda parameters: parameters.get(name, MISSING)


def _header(name: str) -> Finder:
    return _named(name.lower())

"""Whether the parameters are the intended ones, asked without looking anything up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import UnsetType

from gateway.compile.alternatives import Alternatives
from gateway.compile.body import Received
from gateway.compile.comparisons import Test
from gateway.compile.exchange import Fields
from gateway.compile.header_text import header_text
from gateway.compile.kinds import Needed
from gateway.compile.mismatch import Mismatch, Part, Places
from gateway.compile.names import Names
from gateway.compile.operators import holds_number
from gateway.compile.paths import MISSING, Finder
from gateway.compile.request_parts import (
    CLAIMS,
    FORM,
    HEADERS,
    JSON,
    PATH,
    QUERY,
    Conditions,
    Source,
    form_name,
    needed_by,
    tests_of,
)
from gateway.language.inputs import operands, templated
from gateway.language.operands import demands_of
from gateway.language.rules import Asked, asked, conditions_on, conjuncts, spelled
from gateway.language.spec.match import Condition
from gateway.language.spec.rules import Match, Rule

if TYPE_CHECKING:
    from gateway.compile.templates.inputs import Inputs


class Criterion(NamedTuple):
    """One test on one parameter, with what is said of its failure, and of which kinds it needs a
    value.
    """

    find: Finder
    test: Test
    if_missing: Mismatch
    if_other: Mismatch
    needed: Needed


Criteria = tuple[Criterion, ...]

_NO_PARAMETERS: Mapping[str, Any] = {}


class Matcher:
    """All conditions of a hook. `needs_body` says whether the body must be decoded for it, and
    `reads_inputs` whether operands are filled in.

    Conditions that must hold whatever else does are tuples to go through. `any` and `not` are
    asked behind them, where there are any.
    """

    __slots__ = (
        "_alternatives",
        "_body",
        "_form",
        "_form_names",
        "_header_names",
        "_headers",
        "_json",
        "_more",
        "_parameters",
        "_path",
        "_query",
        "_query_names",
        "compares_numbers",
        "needs_body",
        "reads_inputs",
    )

    def __init__(self, match: Rule, places: Places) -> None:
        body = self._body = _Flat(match, JSON, places)
        query = self._parameters = _Flat(match, QUERY, places)
        in_body, in_query, in_headers = (
            [one for one in asked(match) if one.source == source]
            for source in ("body", "query", "headers")
        )
        self._json, self._form = body.criteria(JSON), body.criteria(FORM)
        self._form_names = Names(map(form_name, body.names), map(form_name, _names(in_body)))
        self._query = query.criteria(QUERY)
        self._query_names = Names(query.names, _names(in_query))
        self._headers = _Flat(match, HEADERS, places).criteria(HEADERS)
        names = dict.fromkeys(map(str.lower, _names(in_headers)))
        self._header_names = tuple((name.encode(), name) for name in names)
        self._path = _Flat(match, PATH, places).criteria(PATH)
        self._alternatives = Alternatives(match, places)
        self._more = bool(self._path or self._alternatives)
        read = {one.root for slot in operands(match) for one in templated(slot)}
        self.reads_inputs = bool(read)
        self.needs_body = bool(in_body) or "body" in read
        self.compares_numbers = self.needs_body and (
            self.reads_inputs or any(holds_number(one.condition) for one in in_body)
        )

    def __call__(
        self,
        body: Received | None,
        query: Mapping[str, Any],
        fields: Fields,
        path: Mapping[str, Any] = _NO_PARAMETERS,
        inputs: Inputs | None = None,
    ) -> Mismatch | None:
        """None where all conditions hold, else the first that does not.

        `fields` are the header fields by name, with values as received; `path` are the parameters
        of the route. `inputs` are those of operands, where there are any.
        """
        mismatch = (
            (self._mismatch_in(body) if self._json else None)
            or (self._mismatch_in_query(query) if self._query else None)
            or (_first_mismatch(self._headers, self._texts(fields)) if self._headers else None)
        )
        if mismatch is not None or not self._more:
            return mismatch
        mismatch = _first_mismatch(self._path, path)
        if mismatch is not None or not self._alternatives:
            return mismatch
        return self._alternatives(body, query, self._texts(fields), path, inputs)

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


def compile_match(match: Rule | UnsetType, places: Places | None = None) -> Matcher:
    """The matcher of a rule; without one it accepts everything."""
    return Matcher(Match() if isinstance(match, UnsetType) else match, places or {})


def compile_claims(
    conditions: dict[str, Condition],
) -> Callable[[Mapping[str, Any]], Mismatch | None]:
    """The first condition that does not hold for the claims of a token, compared by JSON type."""
    criteria = tuple(_criteria(Part("claim", "claims.", {}), CLAIMS, conditions))
    return lambda claims: _first_mismatch(criteria, claims)


def _first_mismatch(criteria: Criteria, value: Any) -> Mismatch | None:
    for find, test, if_missing, if_other, needed in criteria:
        found = find(value)
        if not test(found):
            return if_missing if found is MISSING else if_other.as_its(needed.unmet(found))
    return None


class _Flat:
    """The conditions on one part of a request that must hold whatever else does."""

    def __init__(self, match: Rule, source: Source, places: Places) -> None:
        self._rules = [
            (f"{spelled((*steps, source.key))}.", conditions_on(rule, source.key))
            for steps, rule, _ in conjuncts(match)
        ]
        self._places = places
        self._source = source
        self.names = [name for _, conditions in self._rules for name in conditions]

    def criteria(self, source: Source) -> Criteria:
        return tuple(
            criterion
            for prefix, conditions in self._rules
            for criterion in _criteria(Part(source.what, prefix, self._places), source, conditions)
        )

    def ambiguous(self, name: str, where: str) -> Mismatch:
        """A parameter cannot be judged, for a name that was sent may be its."""
        written = (prefix for prefix, conditions in self._rules if name in conditions)
        prefix = next(written, f"match.{self._source.key}.")
        return Part(self._source.what, prefix, self._places).ambiguous(name, where)


def _criteria(part: Part, source: Source, conditions: Conditions) -> Iterator[Criterion]:
    for name, operator, find, test in tests_of(source, conditions):
        operand = dict(demands_of(conditions[name]))[operator or "eq"]
        yield Criterion(
            find,
            source.holds(operator, test),
            part.missing(name),
            part.other(name, operator),
            needed_by(source, operator, operand),
        )


def _names(found: list[Asked]) -> Iterator[str]:
    return (one.name for one in found)

"""What of the rules of a hook is asked where its plain conditions hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.compile.body import Received
from gateway.compile.filled_in import filled_in
from gateway.compile.mismatch import Mismatch, Part, Places, ambiguous, mismatch
from gateway.compile.names import Names
from gateway.compile.nested import compile_rule
from gateway.compile.request_parts import (
    FORM,
    HEADERS,
    JSON,
    PATH,
    QUERY,
    form_name,
    judged_name,
)
from gateway.compile.values import CLEAR, Holds, Unclear, Values, body_of
from gateway.language.inputs import operands
from gateway.language.rules import Placed, asked, conditions_on, conjuncts, spelled
from gateway.language.spec.rules import Rule

if TYPE_CHECKING:
    from gateway.compile.operands import Lacking
    from gateway.compile.templates.inputs import Inputs


class Alternatives:
    """Operands that are filled in, every `any` and every `not`, as far as they must hold whatever
    else does, rule by rule in the order of the file.
    """

    __slots__ = ("_all", "_form_names", "_query_names")

    def __init__(self, match: Rule, places: Places) -> None:
        self._all = tuple(one for placed in conjuncts(match) for one in _compiled(placed, places))
        names = list(asked(match))
        self._form_names = Names(form_name(one.name) for one in names if one.source == "body")
        self._query_names = Names(one.name for one in names if one.source == "query")

    def __len__(self) -> int:
        return len(self._all)

    def __call__(
        self,
        received: Received | None,
        query: Mapping[str, Any],
        headers: Mapping[str, str | list[str]],
        path: Mapping[str, Any],
        inputs: Inputs | None,
    ) -> Mismatch | None:
        """None where all of them hold, else the first that does not."""
        typed, body = body_of(received)
        values = Values(
            typed,
            body,
            CLEAR if typed else self._form_names.all_taken(body),
            query,
            self._query_names.all_taken(query) if query else CLEAR,
            headers,
            path,
            inputs,
        )
        for one in self._all:
            if not one.holds(values):
                return one.said(values)
        return None


class _Compiled(NamedTuple):
    """`in_form` and `in_query` are the parameters that it judges, `lacking` says why an operand
    cannot be filled in, and `unmet` that a value is of another kind than the operand.
    """

    holds: Holds
    otherwise: Mismatch
    lacking: Lacking | None
    unmet: Callable[[Values], str]
    in_form: Unclear
    in_query: Unclear

    def said(self, values: Values) -> Mismatch:
        """That it does not hold, and the name or the operand for which it cannot be judged."""
        in_form, in_query = self.in_form, self.in_query
        for name in sorted(in_form & values.unclear_in_form):
            return self.otherwise.because(ambiguous(FORM.what, name, "form"))
        for name in sorted(in_query & values.unclear_in_query):
            return self.otherwise.because(ambiguous(QUERY.what, name, "query"))
        lacking = self.lacking and values.inputs and self.lacking(values.inputs)
        if lacking:
            return self.otherwise.because(lacking)
        return self.otherwise.as_its(self.unmet(values))


def _compiled(placed: Placed, places: Places) -> Iterator[_Compiled]:
    steps, rule, _ = placed
    for source in (JSON, QUERY, HEADERS, PATH):
        part = Part(source.what, f"{spelled((*steps, source.key))}.", places)
        filled = filled_in(source, conditions_on(rule, source.key), True)
        for name, operator, holds, lacking, unmet in filled:
            names = frozenset({judged_name(source, name)})
            judged = (names if source is one else CLEAR for one in (JSON, QUERY))
            yield _Compiled(holds, part.other(name, operator), lacking, unmet, *judged)
    if rule.any:
        name = spelled((*steps, "any"))
        said = f"None of the alternatives in '{name}' holds."
        inside = Rule(any=rule.any)
        yield _nested(compile_rule(inside, True), mismatch(name, places, said), inside)
    if rule.not_:
        name, inside = spelled((*steps, "not")), rule.not_
        said = f"The request is excluded by '{name}', or does not have the values to decide that."
        yield _nested(compile_rule(inside, False), mismatch(name, places, said), inside)


def _nested(holds: Holds, otherwise: Mismatch, inside: Rule) -> _Compiled:
    texts = [slot.text for slot in operands(inside)]
    if not texts:
        return _Compiled(holds, otherwise, None, _nothing, *_judged(inside))
    from gateway.compile.operands import lacking  # with templates, which other hooks do without

    return _Compiled(holds, otherwise, lacking(texts), _nothing, *_judged(inside))


def _nothing(_values: Values) -> str:
    """What is said of the kinds of values where there are several."""
    return ""


def _judged(rule: Rule) -> Iterator[Unclear]:
    """The parameters of forms and of queries that a rule asks for."""
    found = list(asked(rule))
    for source in (JSON, QUERY):
        yield frozenset(judged_name(source, one.name) for one in found if one.source == source.key)

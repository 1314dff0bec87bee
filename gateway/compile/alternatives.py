"""The `any` and `not` of a hook, asked where its other conditions hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gateway.compile.body import Received
from gateway.compile.mismatch import Mismatch, Places, mismatch
from gateway.compile.names import Names
from gateway.compile.nested import CLEAR, Holds, Values, body_of, compile_rule
from gateway.compile.request_parts import form_name
from gateway.language.rules import Placed, asked, conjuncts, spelled
from gateway.language.spec.rules import Match, Rule


class Alternatives:
    """Every `any` and `not` that must hold whatever else does, in the order of the file."""

    __slots__ = ("_all", "_form_names", "_query_names")

    def __init__(self, match: Match, places: Places) -> None:
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
        )
        for holds, otherwise in self._all:
            if not holds(values):
                return otherwise
        return None


class _Compiled(NamedTuple):
    holds: Holds
    otherwise: Mismatch


def _compiled(placed: Placed, places: Places) -> Iterator[_Compiled]:
    steps, rule, _ = placed
    if rule.any:
        name = spelled((*steps, "any"))
        said = f"None of the alternatives in '{name}' holds."
        yield _Compiled(compile_rule(Rule(any=rule.any), True), mismatch(name, places, said))
    if rule.not_:
        name = spelled((*steps, "not"))
        said = f"What '{name}' excludes is the case, or cannot be told."
        yield _Compiled(compile_rule(rule.not_, False), mismatch(name, places, said))

"""What templates let through: requests that they refused, and values that the author chose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import UNSET

from gateway.language.answers import answer_slots, is_of_request
from gateway.language.inputs import WITH_BODY, Filling, Slot, fillings, slots, workflow_of
from gateway.language.spec import Hook, Workflow
from gateway.language.template import BadTemplate, Chain, Constant, Expression, Operand
from gateway.language.template import Template as Filled
from gateway.language.template.url import parse_url, value_of
from gateway.language.template.values import parsed, without_defaults
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change
from gateway.plan.shown import listed

_ALWAYS = frozenset({"request", "hook", "run"})
"""Roots whose inputs every request has."""

_CALLERS = frozenset({"body", "query", "headers", "path"})
"""Roots of which a caller chooses the values."""

_STEPS = ("workflow",)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Templates that refuse less than before, and values that are the caller's now."""
    yield from loosened(_STEPS, slots(old), new)
    if chosen := _chosen(workflow_of(old), workflow_of(new)):
        message = f"the caller chooses values that the hook chose: {listed(chosen)}"
        yield Change("caller-chooses-value", _STEPS, message, now=listed(chosen))


def loosened(steps: Steps, old: Iterable[Slot], new: Hook) -> Iterator[Change]:
    """Templates of which none in the new hook refuses all that they refused."""
    now = _foreseen((*slots(new), *answer_slots(new)))
    was = filter(_refuses, _foreseen(old))
    looser = [one for one in was if not any(map(_holds_as(one), now))]
    if looser:
        names = listed(dict.fromkeys(one.expression.span.text for one in looser))
        message = f"requests may be accepted that a template refused: {names}"
        yield Change("template-loosened", steps, message, names)


def _foreseen(written: Iterable[Slot]) -> list[Filling]:
    """What is filled in before the workflow is called, for it or to try an answer."""
    found: list[Filling] = []
    for slot in written:
        try:
            found += fillings(slot)
        except BadTemplate:
            continue
    return [one for one in found if is_of_request(one.expression)]


def _refuses(one: Filling) -> bool:
    """Whether a request can lack what the expression needs."""
    chains = one.expression.alternatives
    return any(chain.filters or not _is_there(chain) for chain in chains)


def _is_there(chain: Chain) -> bool:
    return isinstance(chain.operand, Constant) or chain.operand.root in _ALWAYS


def _holds_as(old: Filling) -> Callable[[Filling], bool]:
    """Whether a filling refuses every request that this one refuses."""
    return lambda new: (
        (new.position, new.whole) == (old.position, old.whole)
        and (old.expression.optional or not new.expression.optional)
        and _is_as_strict(new, old.expression)
    )


def _is_as_strict(new: Filling, old: Expression) -> bool:
    chains, before = new.expression.alternatives, old.alternatives
    same = without_defaults(new.expression).alternatives == without_defaults(old).alternatives
    fewer = chains == before[: len(chains)] and all(
        isinstance(one.operand, Constant) for one in before[len(chains) :]
    )
    if same or fewer:
        return True
    if len(chains) != len(before) or new.position != "json" or not new.whole:
        return False
    more = all(map(_has_more_filters, chains[:-1], before[:-1]))
    last, was = chains[-1], before[-1]
    return more and (_has_more_filters(last, was) or _is_inside(last.operand, was))


def _has_more_filters(new: Chain, old: Chain) -> bool:
    return new.operand == old.operand and new.filters[: len(old.filters)] == old.filters


def _is_inside(new: Operand, old: Chain) -> bool:
    """Whether an input is a part of another, which is there wherever its part is."""
    whole = old.operand
    if isinstance(new, Constant) or isinstance(whole, Constant) or old.filters:
        return False
    return new.root == whole.root and new.path[: len(whole.path)] == whole.path


def _chosen(old: Workflow, new: Workflow) -> list[str]:
    """The names of what a caller chooses, and what the author chose before."""
    in_query = new.method not in WITH_BODY
    was, now = dict(_leaves(old, in_query)), dict(_leaves(new, in_query))
    found = [
        steps
        for steps, value in was.items()
        if not _is_callers(value) and any(_is_callers(now.get(way)) for way in _ways(steps))
    ]
    found += [steps for steps in _removed(old, new) if not _any_callers(was, steps)]
    return [".".join(map(str, steps)) for steps in dict.fromkeys(found)]


def _leaves(written: Workflow, in_query: bool) -> Iterator[tuple[Steps, Any]]:
    """Every value that the workflow is sent, but for the path of its URL. Members of the body are
    parameters as well where the data is sent in the query.
    """
    for name, value in map(value_of, parse_url(written.url).pairs):
        yield ("query", name), Filled(value) if value else ""
    yield from _below(("headers",), {key.lower(): one for key, one in written.headers.items()})
    yield from _below(("query",), written.query)
    yield from _below(("query" if in_query else "body",), written.body)
    if written.data is not UNSET:
        yield from _below(("data",), written.data)


def _below(steps: Steps, value: Any) -> Iterator[tuple[Steps, Any]]:
    match value:
        case dict():
            for key, one in value.items():
                yield from _below((*steps, key), one)
        case list():
            for index, one in enumerate(value):
                yield from _below((*steps, index), one)
        case _:
            yield steps, parsed(value)


def _ways(steps: Steps) -> Iterator[Steps]:
    return (steps[:end] for end in range(2 if steps[0] != "data" else 1, len(steps) + 1))


def _is_callers(value: Any) -> bool:
    expressions = value.expressions if isinstance(value, Filled) else ()
    return any(one.root in _CALLERS for part in expressions for one in part.references)


def _any_callers(leaves: dict[Steps, Any], steps: Steps) -> bool:
    return any(_is_callers(one) for way, one in leaves.items() if way[: len(steps)] == steps)


def _removed(old: Workflow, new: Workflow) -> Iterator[Steps]:
    """What the hook no longer sets, and the caller's of that name is sent."""
    forwarded = {name.lower() for name in new.forward_headers}
    before = forwarded & {name.lower() for name in old.forward_headers}
    for name in {name.lower() for name in old.headers} & (forwarded - before):
        yield "headers", name
    if new.data is UNSET and new.format != "raw":
        kept = {steps[1] for steps in _names(new, new.method)}
        yield from (steps for steps in _names(old, new.method) if steps[1] not in kept)


def _names(written: Workflow, method: str) -> Iterator[tuple[str, str]]:
    """The names whose values the caller's data would have where it is sent by a method."""
    in_url = (value_of(pair)[0] for pair in parse_url(written.url).pairs)
    if method in WITH_BODY:
        yield from (("body", name) for name in written.body)
    else:
        yield from (("query", name) for name in (*in_url, *written.query, *written.body))

"""The answers of a hook: to success, and to each way in which its workflow can fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec import UNSET

from gateway.language.inputs import Filling, Slot, below, fillings, response_of
from gateway.language.spec import Answer, Failure, Hook, Response
from gateway.language.template import (
    ANSWERED,
    BadTemplate,
    Expression,
    Reference,
    Template,
    is_template,
    parse,
)

if TYPE_CHECKING:
    from gateway.language.yaml12 import Steps

Kind: TypeAlias = int | str
"""How a workflow fails: the status that it answered, or one of KINDS."""

KINDS = ("timeout", "unreachable", "unusable")
"""No answer in time; none at all; one that cannot be used."""
OWN: Mapping[Kind, str] = {
    **dict.fromkeys((401, 407), "credentials"),
    405: "method",
    **dict.fromkeys((408, 419, 421, 426, 431), "connection"),
}
"""Of the 4xx: about what is the gateway's own, on both of its sides (RFC 9110 §15.5, RFC 6585 §5).
No answer of a hook has them, and none of a workflow is passed on.
"""
REDIRECT = 303
WITHOUT_BODY = frozenset({204, 205})
"""Status codes that never come with a body (RFC 9110 §15.3.5, §15.3.6)."""

STATUSES: frozenset[Kind] = frozenset(range(300, 600))
EVERY: frozenset[Kind] = STATUSES | frozenset(KINDS)
_CLASSES: dict[Kind, frozenset[Kind]] = {
    f"{first}xx": frozenset(range(first * 100, first * 100 + 100)) for first in (3, 4, 5)
}


class Written(NamedTuple):
    """One answer and the way to it. `kinds` are the failures that it answers, None for success."""

    steps: Steps
    answer: Response | Answer
    kinds: frozenset[Kind] | None


def kinds_of(failure: Failure) -> frozenset[Kind]:
    """The failures that an entry is for; OWN ones are not, where it passes them on."""
    named = failure.workflow if isinstance(failure.workflow, list) else [failure.workflow]
    found = frozenset[Kind]().union(*map(_kinds, named))
    return found - OWN.keys() if failure.answer == "pass" else found


def _kinds(named: Kind) -> frozenset[Kind]:
    if named == "any":
        return EVERY
    return _CLASSES.get(named) or frozenset((named,))


def answers_of(hook: Hook) -> Iterator[Written]:
    """Every answer of the hook's own."""
    response = response_of(hook)
    yield Written(("response",), response, None)
    for index, failure in enumerate(response.failures):
        if isinstance(failure.answer, Answer):
            steps = ("response", "failures", index, "answer")
            yield Written(steps, failure.answer, kinds_of(failure))


def is_own(response: Response) -> bool:
    """Whether a successful answer has nothing of what the workflow answers."""
    return response.body is not UNSET or response.status in (REDIRECT, *WITHOUT_BODY)


def slots_of(written: Written) -> Iterator[Slot]:
    """Every text of an answer that is filled in, well-formed or not."""
    steps, answer, _ = written
    for name, value in answer.headers.items():
        if is_template(value):
            position: Any = "location" if name.lower() == "location" else "header"
            yield Slot((*steps, "headers", name), position, value)
    if answer.body is not UNSET:
        position = "text" if is_text(answer) else "json"
        yield from below((*steps, "body"), answer.body, position)


def answer_slots(hook: Hook) -> Iterator[Slot]:
    """Every text of the hook's answers that is filled in for each request."""
    for written in answers_of(hook):
        yield from slots_of(written)


def references(written: Written) -> Iterator[Reference]:
    """What the templates of an answer read; what cannot be parsed reads nothing."""
    for slot in slots_of(written):
        try:
            found: list[Filling] = list(fillings(slot))
        except BadTemplate:
            continue
        for filling in found:
            yield from filling.expression.references


def is_of_request(expression: Expression) -> bool:
    """Whether an expression reads nothing of what the workflow has answered."""
    return not any(one.root in ANSWERED for one in expression.references)


def is_json(media_type: str) -> bool:
    """Whether a media type is that of JSON."""
    essence = media_type.partition(";")[0].strip()
    return essence == "application/json" or essence.endswith("+json")


def is_text(answer: Response | Answer) -> bool:
    """Whether the body is sent as text: text that is not one template, or what its type says."""
    if answer.content_type is not UNSET:
        return not is_json(answer.content_type)
    return isinstance(answer.body, str) and not _is_exact(answer.body)


def _is_exact(text: str) -> bool:
    try:
        template = parse(text)
    except BadTemplate:
        return True
    return isinstance(template, Template) and template.exact is not None

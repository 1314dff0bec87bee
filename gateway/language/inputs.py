"""What a hook reads of a request, and where: its rules, its forwarded headers, its templates, the
keys of its runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from gateway.language.operands import texts_of
from gateway.language.rules import asked
from gateway.language.spec import DurableDelivery, Hook, Match, Response, Rule, Workflow
from gateway.language.template import (
    BadTemplate,
    Expression,
    Reference,
    Template,
    is_template,
    parse,
)
from gateway.language.template.url import Parts, UrlTemplate, parse_location, parse_url, value_of
from gateway.language.values import Path, parse_path

if TYPE_CHECKING:  # a worker reads no YAML
    from gateway.language.yaml12 import Steps

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

Position = Literal["path", "parameter", "header", "json", "text", "operand", "key"]
"""Where a value goes: into a segment of a URL's path; into a parameter of a query or a form;
into a header; into JSON; into a body that is text. An operand goes nowhere: it is compared. The key
of a run is kept as a digest.
"""

DEDUPLICATE_BY: Steps = ("deduplicate", "by")
ORDER_BY: Steps = ("delivery", "order", "by")


class Slot(msgspec.Struct, frozen=True):
    """A text of the hook with templates; `url` is the workflow's URL and `location` the one in an
    answer, both with several positions.
    """

    steps: Steps
    position: Position | Literal["url", "location"]
    text: str


class Filling(msgspec.Struct, frozen=True):
    """One expression at its position; `whole` says that nothing stands beside it."""

    steps: Steps
    position: Position
    expression: Expression
    whole: bool


class Read(msgspec.Struct, frozen=True):
    """One input that a hook reads. `path` is empty where it reads all of the root.

    `inner` are offsets in the template at `steps`, None for what is read without a template.
    `name` is the input as it is written. `required` says that a request must have it.
    """

    root: str
    path: Path
    name: str
    steps: Steps
    by: Literal["rule", "operand", "forwarding", "template", "key"]
    inner: tuple[int, int] | None = None
    required: bool = False


def response_of(hook: Hook) -> Response:
    """The answer, whichever form was written."""
    return long_form(hook.response)


def long_form(written: str | Response) -> Response:
    """An answer in its long form: `outputs` and `status` are short for `{type: …}`."""
    return Response(type=written) if isinstance(written, str) else written  # type: ignore[arg-type]


def workflow_of(hook: Hook) -> Workflow:
    """How the workflow is called, whichever form was written."""
    return Workflow(url=hook.workflow) if isinstance(hook.workflow, str) else hook.workflow


def url_steps(hook: Hook) -> Steps:
    """The way to the workflow's URL."""
    return ("workflow",) if isinstance(hook.workflow, str) else ("workflow", "url")


def slots(hook: Hook) -> Iterator[Slot]:
    """Every text that is filled in for the workflow, well-formed or not."""
    workflow = workflow_of(hook)
    if is_template(workflow.url):
        yield Slot(url_steps(hook), "url", workflow.url)
    for name, value in workflow.headers.items():
        if is_template(value):
            yield Slot(("workflow", "headers", name), "header", value)
    for name, parameter in workflow.query.items():
        if isinstance(parameter, str) and is_template(parameter):
            yield Slot(("workflow", "query", name), "parameter", parameter)
    top = _position(workflow)
    yield from below(("workflow", "body"), workflow.body, top)
    if workflow.data is not UNSET:
        yield from below(("workflow", "data"), workflow.data, top)


def operands(match: Rule | UnsetType) -> Iterator[Slot]:
    """Every text of the rules that is filled in before a value is compared with it."""
    for one in asked(match):
        for steps, text in texts_of(one.steps, one.condition):
            yield Slot(steps, "operand", text)


def key_slots(hook: Hook) -> Iterator[Slot]:
    """The keys of the hook's runs that are templates, well-formed or not."""
    delivery, deduplicate = hook.delivery, hook.deduplicate
    if isinstance(delivery, DurableDelivery) and delivery.order is not UNSET:
        yield Slot(ORDER_BY, "key", delivery.order.by)
    if deduplicate is not UNSET and isinstance(deduplicate.by, str):
        yield Slot(DEDUPLICATE_BY, "key", deduplicate.by)


def fillings(slot: Slot) -> list[Filling]:
    """The expressions of a slot. Raises BadTemplate."""
    if slot.position == "url" or slot.position == "location":
        return list(_in_url(slot))
    template = parse(slot.text)
    if isinstance(template, str):
        return []
    return _fillings(slot.steps, slot.position, template.parts)


def expressions(slot: Slot) -> Iterator[Expression]:
    """The expressions of a slot without their positions. Raises BadTemplate."""
    if slot.position in ("url", "location"):
        url = _url(slot)
        parts: Parts = (*url.path, *url.query)
    else:
        template = parse(slot.text)
        parts = template.parts if isinstance(template, Template) else ()
    return (part for part in parts if isinstance(part, Expression))


def reads(hook: Hook) -> Iterator[Read]:
    """Every input that the hook reads; what cannot be parsed reads nothing."""
    if hook.match is not UNSET:
        yield from _matched(hook.match)
    for slot in operands(hook.match):
        yield from templated(slot)
    for index, name in enumerate(workflow_of(hook).forward_headers):
        steps = ("workflow", "forward_headers", index)
        yield Read("headers", (name.lower(),), name, steps, "forwarding")
    for slot in slots(hook):
        yield from templated(slot)
    for slot in key_slots(hook):
        yield from templated(slot)


def templated(slot: Slot) -> Iterator[Read]:
    """The inputs that the templates of a slot read."""
    try:
        found = fillings(slot)
    except BadTemplate:
        return
    by = _by(slot)
    for filling in found:
        expression = filling.expression
        for one in expression.references:
            required = by != "key" and one is expression.required
            yield Read(
                one.root, one.path, name_of(one), slot.steps, by,
                (one.span.start, one.span.end), required,
            )  # fmt: skip


def _by(slot: Slot) -> Literal["operand", "template", "key"]:
    return slot.position if slot.position == "operand" or slot.position == "key" else "template"


def name_of(reference: Reference) -> str:
    """The input as it is written behind its root: a path, a header, a parameter."""
    name = reference.span.text.partition(".")[2]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _position(workflow: Workflow) -> Position:
    """Where the members of the data go. A form that is received stays one, whose members are then
    parameters: JSON is the wider of the two.
    """
    if workflow.method not in WITH_BODY or workflow.format == "form":
        return "parameter"
    return "text" if workflow.format == "text" else "json"


def below(steps: Steps, value: Any, position: Position, depth: int = 0) -> Iterator[Slot]:
    """The texts with templates in a value and inside it."""
    if isinstance(value, str):
        if is_template(value):
            yield Slot(steps, position, value)
        return
    # A parameter has no members of its own: what is below it is sent as JSON.
    inside: Position = "json" if depth and position == "parameter" else position
    if isinstance(value, dict):
        for key, one in value.items():
            yield from below((*steps, key), one, inside, depth + 1)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from below((*steps, index), one, inside, depth + 1)


def _url(slot: Slot) -> UrlTemplate:
    return parse_url(slot.text) if slot.position == "url" else parse_location(slot.text)


def _in_url(slot: Slot) -> Iterator[Filling]:
    url = _url(slot)
    for segment in url.segments:
        yield from _fillings(slot.steps, "path", segment)
    for pair in url.pairs:
        yield from _fillings(slot.steps, "parameter", value_of(pair)[1])


def _fillings(steps: Steps, position: Position, parts: Parts) -> list[Filling]:
    whole = len(parts) == 1
    return [Filling(steps, position, part, whole) for part in parts if isinstance(part, Expression)]


def _matched(match: Match) -> Iterator[Read]:
    for one in asked(match):
        path = matched_path(one.source, one.name)
        yield Read(one.source, path, one.name, one.steps, "rule")


def matched_path(root: str, name: str) -> Path:
    """The way that the key of a rule stands for; a path that is none leads to itself."""
    if root == "headers":
        return (name.lower(),)
    try:
        return parse_path(name) if root == "body" else (name,)
    except ValueError:
        return (name,)

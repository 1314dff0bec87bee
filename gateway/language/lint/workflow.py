"""How the workflow is called."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from gateway.language.inputs import WITH_BODY, reads, workflow_of
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook, Workflow
from gateway.language.spec.bounds import TIMEOUT
from gateway.language.template import BadTemplate, Template, is_template, parse


def check(hook: Hook) -> Iterator[Mistake]:
    """A deadline that cannot be kept, an encoding that cannot be made."""
    workflow = workflow_of(hook)
    if not TIMEOUT.hold(workflow.timeout):
        message = f"'timeout' must be more than 0 and at most 5m, not {workflow.timeout}"
        yield Mistake("bad-timeout", ("workflow", "timeout"), message)
    if not isinstance(workflow.tls, UnsetType) and not workflow.url.startswith("https:"):
        message = "a client certificate is used only with https, but the URL has http"
        hint = "write https, or remove 'tls'"
        yield Mistake("tls-without-https", ("workflow", "tls"), message, hint, on="key")
    yield from _data(workflow)
    yield from _format(hook)


def _data(workflow: Workflow) -> Iterator[Mistake]:
    """Data that is missing, or that its encoding cannot take."""
    steps = ("workflow", "data")
    if workflow.data is UNSET:
        if workflow.format == "text":
            message = "`format: text` sends the text of 'data', and 'data' is missing"
            hint = "write `data` with the text"
            yield Mistake("missing-value", ("workflow", "format"), message, hint)
        return
    if workflow.body:
        message = "'body' adds to the received data, and 'data' replaces it"
        yield Mistake("conflicting-keys", steps, message, "write only one of them", on="key")
    if workflow.data is None:
        hint = "write {} to send an empty object, or remove it"
        yield Mistake("missing-value", steps, "'data' has no value", hint, on="key")
    elif not (_is_value(workflow.data) or isinstance(workflow.data, _takes(workflow))):
        kind = "text" if workflow.format == "text" else "a mapping"
        message = f"'data' must be {kind}: it is sent as {_sent_as(workflow)}"
        yield Mistake("wrong-kind", steps, message, on="key")


def _takes(workflow: Workflow) -> type:
    if workflow.method not in WITH_BODY or workflow.format == "form":
        return dict
    return str if workflow.format == "text" else object


def _sent_as(workflow: Workflow) -> str:
    if workflow.method not in WITH_BODY:
        return "query parameters"
    return "a form" if workflow.format == "form" else "text"


def _is_value(data: object) -> bool:
    """Whether data is one template, whose value is known with the request alone."""
    if not isinstance(data, str) or not is_template(data):
        return False
    try:
        template = parse(data)
    except BadTemplate:
        return True
    return isinstance(template, Template) and template.exact is not None


def _format(hook: Hook) -> Iterator[Mistake]:
    workflow = workflow_of(hook)
    if isinstance(workflow.format, UnsetType):
        return
    if workflow.method not in WITH_BODY:
        message = f"'format' sets the encoding of a body, but {workflow.method} sends none"
        hint = "the data becomes query parameters; remove 'format', or write `method: POST`"
        yield Mistake("format-without-body", ("workflow", "format"), message, hint)
    if workflow.format == "raw":
        yield from _raw(hook)


def _raw(hook: Hook) -> Iterator[Mistake]:
    workflow = workflow_of(hook)
    if workflow.body:
        message = "`format: raw` sends the bytes unchanged, so 'body' cannot be merged into them"
        hint = "remove one of them"
        yield Mistake("raw-with-body", ("workflow", "body"), message, hint, on="key")
    if workflow.data is not UNSET:
        message = "`format: raw` sends the bytes unchanged, so 'data' cannot replace them"
        hint = "remove one of them"
        yield Mistake("raw-with-body", ("workflow", "data"), message, hint, on="key")
    if any(one.root == "body" and one.by in ("rule", "operand") for one in reads(hook)):
        message = "`format: raw` passes bytes that the workflow may read differently from 'match'"
        hint = "remove 'format': then forms are encoded from the values that the rules read"
        yield Mistake("raw-with-rule", ("workflow", "format"), message, hint)

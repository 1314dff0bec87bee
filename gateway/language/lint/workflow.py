"""How the workflow is called."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UnsetType

from gateway.language.lint.parts import WITH_BODY, workflow_of
from gateway.language.mistake import Mistake
from gateway.language.quantities import parse_duration
from gateway.language.spec import Hook

MAX_TIMEOUT = 300.0
"""Seconds."""


def check(hook: Hook) -> Iterator[Mistake]:
    """A deadline that cannot be kept, an encoding that cannot be made."""
    workflow = workflow_of(hook)
    seconds = parse_duration(workflow.timeout)
    if not 0 < seconds <= MAX_TIMEOUT:
        message = f"'timeout' must be more than 0 and at most 5m, not {workflow.timeout}"
        yield Mistake("bad-timeout", ("workflow", "timeout"), message)
    if not isinstance(workflow.tls, UnsetType) and not workflow.url.startswith("https:"):
        message = "a client certificate is used only with https, but the URL has http"
        hint = "write https, or remove 'tls'"
        yield Mistake("tls-without-https", ("workflow", "tls"), message, hint, on="key")
    yield from _format(hook)


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
    if workflow_of(hook).body:
        message = "`format: raw` sends the bytes unchanged, so 'body' cannot be merged into them"
        hint = "remove one of them"
        yield Mistake("raw-with-body", ("workflow", "body"), message, hint, on="key")
    if not isinstance(hook.match, UnsetType) and not isinstance(hook.match.body, UnsetType):
        message = "`format: raw` passes bytes that the workflow may read differently from 'match'"
        hint = "remove 'format': then forms are encoded from the values that the rules read"
        yield Mistake("raw-with-rule", ("workflow", "format"), message, hint)

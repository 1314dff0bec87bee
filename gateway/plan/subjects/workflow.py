"""Where the data goes, and how the workflow is called."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from gateway.language.inputs import workflow_of
from gateway.language.meaning import exact
from gateway.language.quantities import parse_duration
from gateway.language.spec import Hook, Workflow
from gateway.language.template.url import parse_url
from gateway.language.template.values import parsed, without_defaults
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change
from gateway.plan.shown import header_values, json
from gateway.plan.subjects import handed_on, inputs, templates

_PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """A URL in its parts; a default port is left out, and an empty path is `/`. `rest` are the
    path and the query, with what fills them in.
    """

    scheme: str
    host: str
    port: int | None
    rest: Hashable

    @property
    def place(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


def meaning(hook: Hook) -> Hashable:
    """The long form with its defaults."""
    written = workflow_of(hook)
    return (
        _address(written.url),
        written.method,
        _headers(written),
        *(exact(parsed(getattr(written, key))) for key, _ in _DATA),
        _patience(written),
        handed_on.meaning(written),
    )


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Where to, what, how, and how patiently."""
    was, now = workflow_of(old), workflow_of(new)
    yield from _urls(was, now)
    yield from inputs.compare(old, new)
    yield from templates.compare(old, new)
    yield from handed_on.compare(old, new)
    yield from _calls(was, now)
    if _patience(was) != _patience(now):
        message = f"the workflow has {_shown_patience(now)}"
        steps = ("workflow", "timeout" if was.timeout != now.timeout else "retry")
        shown = _shown_patience(was), _shown_patience(now)
        yield Change("workflow-patience-changed", steps, message, *shown)


def _urls(old: Workflow, new: Workflow) -> Iterator[Change]:
    was, now = _address(old.url), _address(new.url)
    steps = ("workflow", "url")
    if was.place != now.place:
        message = f"the data goes to {now.place} instead of {was.place}"
        yield Change("workflow-host-changed", steps, message, old.url, new.url)
    if (was.scheme, now.scheme) == ("https", "http"):
        message = f"the data is sent unencrypted to {now.place}"
        yield Change("workflow-unencrypted", steps, message, old.url, new.url)
    elif was != now and was.place == now.place:
        if now._replace(rest=without_defaults(now.rest)) == was._replace(
            rest=without_defaults(was.rest)
        ):
            yield _default(steps, old.url, new.url)
            return
        message = "the gateway calls another URL of the same host"
        yield Change("workflow-url-changed", steps, message, old.url, new.url)


def _calls(old: Workflow, new: Workflow) -> Iterator[Change]:
    if old.method != new.method:
        message, steps = f"the gateway calls the workflow with {new.method}", ("workflow", "method")
        yield Change("workflow-method-changed", steps, message, old.method, new.method)
    if _headers(old) != _headers(new):
        message, steps = "the gateway sends other headers to the workflow", ("workflow", "headers")
        shown = header_values(old.headers), header_values(new.headers)
        if _same_but_for_defaults(old.headers, new.headers):
            yield _default(steps, *shown)
        else:
            yield Change("workflow-headers-changed", steps, message, *shown)
    for key, what in _DATA:
        was, now = getattr(old, key), getattr(new, key)
        if exact(parsed(was)) == exact(parsed(now)):
            continue
        shown, steps = (json(was), json(now)), ("workflow", key)
        if _same_but_for_defaults(was, now):
            yield _default(steps, *shown)
        else:
            yield Change("workflow-data-changed", steps, what, *shown)


_DATA = (
    ("query", "the gateway adds other parameters to the received data"),
    ("body", "the gateway adds other members to the received data"),
    ("data", "the workflow receives other data"),
)
"""The keys of the data, and what it means that they differ."""


def _same_but_for_defaults(old: Any, new: Any) -> bool:
    was, now = (exact(without_defaults(parsed(one))) for one in (old, new))
    return was == now


def _default(steps: Steps, was: str, now: str) -> Change:
    message = f"the defaults of '{steps[-1]}' are different"
    return Change("default-changed", steps, message, was, now)


def _address(url: str) -> Address:
    written = parse_url(url)
    parts = urlsplit(written.origin)
    port = None if parts.port == _PORTS.get(parts.scheme) else parts.port
    rest = (written.path or ("/",), written.query)
    return Address(parts.scheme, parts.hostname or "", port, rest)


def _headers(written: Workflow) -> Hashable:
    return exact({name.lower(): parsed(value) for name, value in written.headers.items()})


def _patience(written: Workflow) -> tuple[float, int]:
    return parse_duration(written.timeout), written.retry.attempts


def _shown_patience(written: Workflow) -> str:
    attempts = written.retry.attempts
    return f"{written.timeout} for {attempts} attempt{'' if attempts == 1 else 's'}"

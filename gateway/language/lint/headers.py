"""Headers that belong to the protocol, to the gateway, or to nobody's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Literal

from gateway.language.answers import answers_of
from gateway.language.durable import durable_of
from gateway.language.lint.parts import whole_rules, workflow_of
from gateway.language.mistake import Mistake
from gateway.language.outgoing import credential_headers
from gateway.language.proofs import CREDENTIALS, proof_headers
from gateway.language.rules import conditions_on, rules_in
from gateway.language.spec import Hook, Workflow
from gateway.language.template import Template, is_template
from gateway.language.template.values import parsed
from gateway.language.yaml12 import Steps

CONNECTION = frozenset(
    {
        *("connection", "content-length", "expect", "host", "http2-settings", "keep-alive"),
        *("proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
        *("transfer-encoding", "upgrade"),
    }
)
"""Of one connection or one message (RFC 9110, 7.6.1; RFC 9112): never handed on, never set."""

OF_INVOCATIONS = frozenset({"content-type", "idempotency-key", "traceparent"})
"""What the gateway itself says in every invocation."""

_NEVER = CONNECTION | OF_INVOCATIONS | {"x-request-id"}

OF_ANSWERS = frozenset(
    {
        *("content-type", "content-encoding", "date", "server"),
        *("x-content-type-options", "x-request-id"),
    }
)
"""What the answer says of itself."""

On = Literal["key", "value"]


def check(hook: Hook) -> Iterator[Mistake]:
    """Each place where a header is named."""
    workflow = workflow_of(hook)
    own = frozenset(map(str.lower, credential_headers(workflow.authentication)))
    yield from _set(workflow.headers, own)
    # What would be stored is an error of its own.
    durable = durable_of(hook) is not None
    secret = frozenset[str]() if durable else CREDENTIALS | proof_headers(hook)
    yield from _forwarded(workflow.forward_headers, own, secret)
    yield from _overridden(workflow, own | _NEVER)
    for written in answers_of(hook):
        yield from _answered((*written.steps, "headers"), written.answer.headers)
    for whole in whole_rules(hook):
        for placed in rules_in(whole.rule, whole.steps):
            steps = (*placed.steps, "headers")
            yield from _matched(steps, conditions_on(placed.rule, "headers"))


def _set(headers: Mapping[str, str], own: Set[str]) -> Iterator[Mistake]:
    steps = ("workflow", "headers")
    yield from _twice(((*steps, name), name) for name in headers)
    for name, value in headers.items():
        place, lower = (*steps, name), name.lower()
        if lower in _NEVER:
            yield _reserved(place, name, "the gateway sets this header")
        elif lower in own and (lower != "authorization" or is_template(value)):
            yield _reserved(place, name, _AUTHENTICATION)
        elif is_template(value):
            continue
        elif lower == "authorization":
            hint = "write `authentication` under `workflow`, and replace the credentials"
            message = f"the file contains a secret, as the header '{name}'"
            yield Mistake("secret-in-yaml", place, message, hint, on="key")
        elif lower in CREDENTIALS:
            message = f"'{name}' looks like a credential, and its value is in the file"
            hint = "write `authentication: {type: header, …}` under `workflow`"
            yield Mistake("credential-header", place, message, hint, on="key")


_AUTHENTICATION = "use the workflow's `authentication` instead"


def _forwarded(names: list[str], own: Set[str], secret: Set[str]) -> Iterator[Mistake]:
    steps = ("workflow", "forward_headers")
    places = (((*steps, index), name) for index, name in enumerate(names))
    yield from _twice(places, on="value")
    for index, name in enumerate(names):
        place, lower = (*steps, index), name.lower()
        if lower in CONNECTION | OF_INVOCATIONS:
            yield _reserved(place, name, "the gateway sets this header", on="value")
        elif lower in own:
            yield _reserved(place, name, _AUTHENTICATION, on="value")
        elif lower in secret:
            message = f"'{name}' forwards the caller's credentials to the workflow"
            yield Mistake("credential-header", place, message, "remove it if possible")


def _overridden(workflow: Workflow, own: Set[str]) -> Iterator[Mistake]:
    """Headers that are forwarded, and that the hook sets as well; `own` it cannot set."""
    written = {low: name for name in workflow.headers if (low := name.lower()) not in own}
    for index, name in enumerate(workflow.forward_headers):
        steps, ours = ("workflow", "forward_headers", index), written.get(name.lower())
        if ours is None:
            continue
        if isinstance(parsed(workflow.headers[ours]), Template):
            message = f"'{name}' is not forwarded: a template in `headers` sets it"
            hint = f"remove it, and write ${{headers.{name} ?? …}} where the caller may choose"
            yield Mistake("duplicate-header", steps, message, hint)
        else:
            message = f"the caller's '{name}' is sent instead of the value in `headers`"
            hint = "remove it if the caller may not choose the value"
            yield Mistake("overridden-header", steps, message, hint)


def _answered(steps: Steps, headers: Mapping[str, str]) -> Iterator[Mistake]:
    yield from _twice(((*steps, name), name) for name in headers)
    for name, value in headers.items():
        if name.lower() in CONNECTION | OF_ANSWERS:
            yield _reserved((*steps, name), name, "the gateway or the workflow sets this header")
        elif name.lower() == "set-cookie" and is_template(value):
            yield _reserved((*steps, name), name, "the value of a cookie is fixed")


def _matched(steps: Steps, names: Iterable[str]) -> Iterator[Mistake]:
    yield from _twice(((*steps, name), name) for name in names)
    for name in names:
        if name.lower() in CREDENTIALS:
            message = f"'{name}' is compared with a credential in the file"
            hint = "write `authentication`, which keeps the secret out of the file"
            yield Mistake("credential-header", (*steps, name), message, hint, on="key")


def _twice(places: Iterable[tuple[Steps, str]], on: On = "key") -> Iterator[Mistake]:
    seen: set[str] = set()
    for place, name in places:
        if name.lower() in seen:
            message = f"'{name}' appears twice: names of headers are case-insensitive"
            yield Mistake("duplicate-header", place, message, "remove one", on)
        seen.add(name.lower())


def _reserved(place: Steps, name: str, why: str, on: On = "key") -> Mistake:
    return Mistake("reserved-header", place, f"'{name}' cannot be set here", why, on)

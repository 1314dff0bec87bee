"""Credentials for the workflow that cannot be sent, or that would prove nothing."""

from __future__ import annotations

import string
from collections.abc import Iterator

from msgspec import UNSET

from gateway.language.inputs import WITH_BODY, workflow_of
from gateway.language.lint.headers import CONNECTION, OF_INVOCATIONS
from gateway.language.lint.signature import Fault, scheme_faults
from gateway.language.mistake import Mistake
from gateway.language.outgoing import credential_headers
from gateway.language.signed import id_separators, sender_of
from gateway.language.signed_text import Template
from gateway.language.spec import Hook, Workflow
from gateway.language.spec.outgoing import SignatureWorkflowAuthentication
from gateway.language.spec.scheme import Scheme

_OF_RUNS = frozenset((string.digits + "abcdef-").encode())
"""The characters of a run's id."""
_OWN = (
    CONNECTION
    | OF_INVOCATIONS
    | {"x-request-id", "user-agent", "accept-encoding", "content-encoding"}
)
_STEPS = ("workflow", "authentication")


def check(hook: Hook) -> Iterator[Mistake]:
    """Headers that are not free, and signatures that cannot be made or do not cover the data."""
    workflow = workflow_of(hook)
    for name, steps in credential_headers(workflow.authentication).items():
        lower = name.lower()
        if lower in _OWN:
            message = f"'{name}' cannot carry credentials"
            yield Mistake("reserved-header", steps, message, "the gateway sets this header")
        elif lower.startswith("x-path-"):
            message = f"'{name}' cannot carry credentials"
            hint = "headers that start with X-Path- carry path parameters"
            yield Mistake("reserved-header", steps, message, hint)
    if isinstance(workflow.authentication, SignatureWorkflowAuthentication):
        for steps, sentence, hint in outgoing_faults(workflow.authentication):
            yield Mistake("bad-scheme", (*_STEPS, *steps), sentence, hint)
        yield from _covered(workflow, sender_of(workflow.authentication.scheme).scheme)
        yield from _repeated(workflow.authentication)


def outgoing_faults(spec: SignatureWorkflowAuthentication) -> Iterator[Fault]:
    """Everything that keeps the gateway from signing by a scheme."""
    scheme = sender_of(spec.scheme).scheme
    if isinstance(spec.scheme, Scheme):
        yield from scheme_faults(scheme)
    yield from _in_body(scheme)
    if "form" in Template(scheme.signed).fields:
        hint = "the gateway verifies such signatures, but it signs bodies: use {body}"
        yield ("scheme",), "'{form}' covers only the parameters of a form", hint
    if scheme.id is not UNSET and any(_OF_RUNS.issuperset(one) for one in id_separators(scheme)):
        hint = "write other text beside {id}, such as '.'"
        yield ("scheme",), "{id} is the run's id and contains the text beside it", hint
    if len(spec.secrets) > 1 and scheme.format not in ("list", "pairs"):
        sentence = f"'format: {scheme.format}' carries one signature, so only one secret signs"
        hint = "remove the others; the gateway reads a secret again when its file changes"
        yield ("secrets",), sentence, hint


def _in_body(scheme: Scheme) -> Iterator[Fault]:
    parts = {"signature": scheme, "timestamp": scheme.timestamp, "id": scheme.id}
    for name, part in parts.items():
        if part is not UNSET and part.body is not UNSET:
            sentence = f"the scheme puts the {name} into the body"
            yield ("scheme",), sentence, "the gateway adds only headers; use another scheme"


def _covered(workflow: Workflow, scheme: Scheme) -> Iterator[Mistake]:
    if workflow.method not in WITH_BODY and "url" not in Template(scheme.signed).fields:
        message = f"{workflow.method} sends the data in the query, which the scheme does not sign"
        hint = "write `method: POST`, or a scheme that signs {url}"
        yield Mistake("unsigned-data", (*_STEPS, "scheme"), message, hint)


def _repeated(spec: SignatureWorkflowAuthentication) -> Iterator[Mistake]:
    for index, secret in enumerate(spec.secrets):
        earlier = spec.secrets.index(secret)
        if earlier != index:
            message = f"this credential is the same as entry {earlier + 1}"
            yield Mistake("duplicate-credential", (*_STEPS, "secrets", index), message, "remove it")

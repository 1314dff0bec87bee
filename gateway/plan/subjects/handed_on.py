"""What a workflow is handed: headers and bodies of the caller, credentials of the gateway."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Set

import msgspec
from msgspec import UNSET, UnsetType

from gateway.language.inputs import WITH_BODY, reads, workflow_of
from gateway.language.meaning import exact
from gateway.language.proofs import CREDENTIALS, proof_headers
from gateway.language.spec import Hook, Workflow
from gateway.language.spec.outgoing import (
    BasicWorkflowAuthentication,
    BearerWorkflowAuthentication,
    HeaderWorkflowAuthentication,
    SignatureWorkflowAuthentication,
)
from gateway.plan.change import Change
from gateway.plan.shown import listed
from gateway.plan.subjects import signature
from gateway.plan.subjects.credentials import reference


def meaning(written: Workflow) -> Hashable:
    """Forwarded headers in any order and case, the encoding, the credentials."""
    credentials = _credentials(written), exact(written.tls)
    return frozenset(_forwarded(written)), written.format, credentials


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Headers, credentials, bodies."""
    was, now = workflow_of(old), workflow_of(new)
    yield from _headers(was, now, CREDENTIALS | proof_headers(new))
    yield from _authentication(was, now)
    yield from _certificate(was, now)
    yield from _format(was, now)
    yield from _unchecked(old, new)


def _headers(old: Workflow, new: Workflow, credentials: Set[str]) -> Iterator[Change]:
    steps = ("workflow", "forward_headers")
    was, now = _forwarded(old), _forwarded(new)
    shown = listed(old.forward_headers), listed(new.forward_headers)
    added = {lower: name for lower, name in now.items() if lower not in was}
    secret = [name for lower, name in added.items() if lower in credentials]
    plain = [name for lower, name in added.items() if lower not in credentials]
    gone = [name for lower, name in was.items() if lower not in now]
    if secret:
        message = f"the caller's credentials are forwarded to the workflow: {listed(secret)}"
        yield Change("credentials-forwarded", steps, message, *shown)
    if plain:
        message = f"the workflow also receives the request's {listed(plain)}"
        yield Change("headers-forwarded", steps, message, *shown)
    if gone:
        message = f"the workflow no longer receives {listed(gone)}"
        yield Change("headers-withheld", steps, message, *shown)


def _authentication(old: Workflow, new: Workflow) -> Iterator[Change]:
    if _credentials(old) == _credentials(new):
        return
    steps, was, now = ("workflow", "authentication"), _shown(old), _shown(new)
    if not now:
        message = "the gateway no longer sends credentials to the workflow"
        yield Change("workflow-credentials-removed", steps, message, was)
    elif all(isinstance(one.authentication, SignatureWorkflowAuthentication) for one in (old, new)):
        message = f"the gateway signs invocations differently: {now}"
        yield Change("workflow-signature-changed", steps, message, was, now)
    else:
        message = f"the gateway sends other credentials to the workflow: {now}"
        yield Change("workflow-credentials-changed", steps, message, was, now)


def _certificate(old: Workflow, new: Workflow) -> Iterator[Change]:
    if old.tls == new.tls:
        return
    steps, was, now = ("workflow", "tls"), _shown_certificate(old), _shown_certificate(new)
    if not now:
        message = "the gateway no longer sends a client certificate to the workflow"
        yield Change("workflow-credentials-removed", steps, message, was)
    else:
        message = f"the gateway sends another client certificate to the workflow: {now}"
        yield Change("workflow-credentials-changed", steps, message, was, now)


def _format(old: Workflow, new: Workflow) -> Iterator[Change]:
    if old.format == new.format:
        return
    steps, was, now = ("workflow", "format"), _encoding(old), _encoding(new)
    if now == "raw":
        message = "the workflow receives the request's bytes, not the values that the rules read"
        yield Change("raw-forwarded", steps, message, was, now)
    else:
        message = f"the data has another encoding: {now}"
        yield Change("workflow-format-changed", steps, message, was, now)


def _unchecked(old: Hook, new: Hook) -> Iterator[Change]:
    """Bodies that the encoding for the workflow needed to understand, and no more does."""
    was, now = _asks_of_bodies(old), _asks_of_bodies(new)
    if WITH_BODY & set(new.methods) and was > now:
        message = f"{_BODIES[now]} is accepted; the workflow's invocation needed {_BODIES[was]}"
        yield Change("body-unchecked", ("workflow",), message, _BODIES[was], _BODIES[now])


_BODIES = ("any body", "a JSON value or a form", "a JSON object or a form")


def _asks_of_bodies(hook: Hook) -> int:
    """Which of `_BODIES` the invocation of the workflow asks for."""
    written = workflow_of(hook)
    merges = written.method not in WITH_BODY or written.body or written.format == "form"
    if written.data is UNSET and merges:
        return 2
    read = any(one.root == "body" and one.by != "forwarding" for one in reads(hook))
    decoded = written.data is UNSET and written.format == "json"
    return 1 if read or decoded or _is_read(hook) else 0


def _is_read(hook: Hook) -> bool:
    """Whether `receive` says what the body must be."""
    written = hook.receive
    keys = () if written is UNSET else (written.as_, written.field, written.json_in)
    return any(key is not UNSET for key in keys)


def _forwarded(written: Workflow) -> dict[str, str]:
    return {name.lower(): name for name in written.forward_headers}


def _credentials(written: Workflow) -> Hashable:
    match written.authentication:
        case HeaderWorkflowAuthentication() as sent:
            return exact(msgspec.structs.replace(sent, name=sent.name.lower()))
        case SignatureWorkflowAuthentication(scheme=scheme, secrets=secrets):
            return signature.scheme_meaning(scheme), frozenset(map(exact, secrets))
    return exact(written.authentication) if _shown(written) else ""


def _shown(written: Workflow) -> str:
    match written.authentication:
        case BasicWorkflowAuthentication(username=name, password=password):
            return f"the name '{name}' and {reference(password)}"
        case BearerWorkflowAuthentication(token=token):
            return f"the bearer token of {reference(token)}"
        case HeaderWorkflowAuthentication(name=name, value=value):
            return f"the header '{name}' with {reference(value)}"
        case SignatureWorkflowAuthentication(scheme=scheme, secrets=secrets):
            by = scheme if isinstance(scheme, str) else "a scheme of its own"
            return f"a signature ({by}) with {listed(map(reference, secrets))}"
    return ""


def _shown_certificate(written: Workflow) -> str:
    if isinstance(written.tls, UnsetType):
        return ""
    return f"{reference(written.tls.certificate)} with {reference(written.tls.key)}"


def _encoding(written: Workflow) -> str:
    return "as it was received" if isinstance(written.format, UnsetType) else written.format

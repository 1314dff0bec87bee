"""The headers that carry the gateway's credentials for a workflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from gateway.language.signed import sender_of
from gateway.language.spec.outgoing import (
    BasicWorkflowAuthentication,
    BearerWorkflowAuthentication,
    HeaderWorkflowAuthentication,
    SignatureWorkflowAuthentication,
    WorkflowAuthentication,
)
from gateway.language.spec.scheme import Scheme

if TYPE_CHECKING:
    from gateway.language.yaml12 import Steps

_STEPS = ("workflow", "authentication")


def credential_headers(authentication: WorkflowAuthentication) -> dict[str, Steps]:
    """The headers that the gateway sets, by their names as written, with the way to each name."""
    match authentication:
        case BasicWorkflowAuthentication() | BearerWorkflowAuthentication():
            return {"Authorization": (*_STEPS, "type")}
        case HeaderWorkflowAuthentication(name=name):
            return {name: (*_STEPS, "name")}
        case SignatureWorkflowAuthentication(scheme=written):
            named = isinstance(written, str)
            found = _of_scheme(sender_of(written).scheme)
            steps = (*_STEPS, "scheme")
            return {name: steps if named else (*steps, *further) for name, further in found}
    return {}


def _of_scheme(scheme: Scheme) -> Iterator[tuple[str, Steps]]:
    if scheme.header is not UNSET:
        yield scheme.header, ("header",)
    for key, part in (("timestamp", scheme.timestamp), ("id", scheme.id)):
        if part is not UNSET and part.header is not UNSET:
            yield part.header, (key, "header")

"""The header with a secret that a workflow asks for."""

from __future__ import annotations

from base64 import b64encode
from functools import partial

from gateway.compile.guards.credentials import prepared_reference
from gateway.compile.needs import Need, Prepared
from gateway.errors import out_of_service
from gateway.language.spec import SecretReference
from gateway.language.spec.outgoing import (
    BasicWorkflowAuthentication,
    BearerWorkflowAuthentication,
    HeaderWorkflowAuthentication,
    WorkflowAuthentication,
)
from gateway.runtime.runtime import Runtime
from gateway.wire.client.head import line

_HIDDEN = b"***"
"""What the echo of `gateway dev` receives, which shows the headers of a call."""


class HeaderCredentials:
    """The header line with the workflow's credentials, made once for each value of the secret;
    empty where the workflow asks for none.
    """

    __slots__ = ("_prepared", "needs")

    def __init__(self, authentication: WorkflowAuthentication, runtime: Runtime) -> None:
        reference = _reference(authentication)
        self._prepared: Prepared[bytes] | None = None
        self.needs: tuple[Need, ...] = ()
        if reference is not None:
            hidden = bool(runtime.settings.workflow_base)
            make = partial(credential_line, authentication, hidden=hidden)
            self._prepared = prepared_reference(reference, make, runtime)
            self.needs = (self._prepared,)

    def line(self) -> bytes:
        """The line. Raises Unavailable while the secret is missing or cannot be used."""
        if self._prepared is None:
            return b""
        found = self._prepared.value()
        if found is None:
            raise out_of_service()
        return found


def credential_line(
    authentication: WorkflowAuthentication, secret: bytes, *, hidden: bool = False
) -> bytes:
    """The header line for a secret. Raises ValueError for one that no header can carry."""
    name = b"Authorization"
    if isinstance(authentication, HeaderWorkflowAuthentication):
        name = authentication.name.encode()
    try:
        made = line(name, _value(authentication, secret))
    except ValueError:
        raise ValueError("it contains control characters, which no header can carry") from None
    return line(name, _HIDDEN) if hidden else made


def _value(authentication: WorkflowAuthentication, secret: bytes) -> bytes:
    match authentication:
        case BasicWorkflowAuthentication(username=username):
            return b"Basic " + b64encode(username.encode() + b":" + secret)
        case HeaderWorkflowAuthentication(prefix=str(prefix)):
            return prefix.encode() + secret
        case HeaderWorkflowAuthentication():
            return secret
    return b"Bearer " + secret


def _reference(authentication: WorkflowAuthentication) -> SecretReference | None:
    match authentication:
        case BasicWorkflowAuthentication(password=reference):
            return reference
        case BearerWorkflowAuthentication(token=reference):
            return reference
        case HeaderWorkflowAuthentication(value=reference):
            return reference
    return None

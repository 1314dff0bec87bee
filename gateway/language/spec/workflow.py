"""What a hook starts: the workflow's endpoint and how it is called."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gateway.language.literals import ConstantLiteral
from gateway.language.spec.authentication import SecretReference
from gateway.language.spec.base import Converted, Written
from gateway.language.spec.bounds import TIMEOUT
from gateway.language.spec.outgoing import WorkflowAuthentication
from gateway.language.spec.scalars import (
    Duration,
    HeaderName,
    HeaderValue,
    ParameterName,
    UrlTemplate,
)

if TYPE_CHECKING:
    Parameter: TypeAlias = str | int | Decimal | bool | ConstantLiteral
else:

    class Parameter(metaclass=Converted):
        """The value of a parameter that is added to a URL."""


class ClientCertificate(Written, frozen=True, kw_only=True):
    """The certificate that the gateway sends to a workflow that requests one (mutual TLS)."""

    EXAMPLES: ClassVar = (
        {"certificate": {"secret": "gateway.crt"}, "key": {"secret": "gateway.key"}},
    )

    certificate: Annotated[
        SecretReference,
        Meta(description="A reference to the certificate in PEM form, followed by its chain."),
    ]
    key: Annotated[
        SecretReference,
        Meta(description="A reference to its private key in PEM form, without a passphrase."),
    ]


class Retry(Written, frozen=True, kw_only=True):
    """How often the gateway tries an invocation, within the deadline of `timeout`."""

    EXAMPLES: ClassVar = ({"attempts": 3},)

    attempts: Annotated[
        int,
        Meta(
            ge=1,
            le=5,
            description="Number of attempts. The gateway tries again after a failed connection "
            "and after the answers 502, 503 and 504. All attempts have the same "
            "`Idempotency-Key`.",
        ),
    ] = 1


class Workflow(Written, frozen=True, kw_only=True):
    """The workflow's HTTP endpoint. A URL is short for `{url: URL}`."""

    EXAMPLES: ClassVar = (
        {
            "url": "https://workflows.internal/run/paris",
            "body": {"source": "gateway"},
            "forward_headers": ["X-Event"],
            "authentication": {"type": "bearer", "token": {"secret": "workflow-token"}},
            "timeout": "30s",
        },
    )

    url: Annotated[UrlTemplate, Meta(description="The URL that starts the workflow.")]
    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        Meta(
            description="The method of the invocation. GET and DELETE send the data as query "
            "parameters, the others as a body."
        ),
    ] = "POST"
    headers: Annotated[
        dict[HeaderName, HeaderValue],
        Meta(
            description="Headers of every invocation. Values may contain templates.",
            examples=[{"X-Source": "gw"}, {"X-Order": "${body.order.id}"}],
        ),
    ] = msgspec.field(default_factory=dict)
    forward_headers: Annotated[
        list[HeaderName],
        Meta(
            description="Request headers to forward; none by default. One that the request has "
            "replaces a fixed value in `headers`, and never a template.",
            examples=[["X-Event"]],
        ),
    ] = msgspec.field(default_factory=list)
    query: Annotated[
        dict[ParameterName, Parameter],
        Meta(
            description="Query parameters to add to the URL. Values may contain templates; a "
            "template that ends with `?` leaves out the parameter if its value is missing.",
            examples=[{"units": "${query.units ?? 'metric'}"}],
        ),
    ] = msgspec.field(default_factory=dict)
    body: Annotated[
        dict[str, Any],
        Meta(
            description="Members to merge into the received JSON object. Values may contain "
            "templates.",
            examples=[{"source": "gateway"}, {"customer": "${sender.claims.sub}"}],
        ),
    ] = msgspec.field(default_factory=dict)
    data: Annotated[
        Any,
        Meta(
            description="What the workflow receives instead of the request's data: a JSON value "
            "with templates.",
            examples=[{"branch": "${body.ref | strip_prefix('refs/heads/')}", "by": "gateway"}],
        ),
    ] = UNSET
    format: Annotated[
        Literal["json", "form", "raw", "text"] | UnsetType,
        Meta(
            description="How the data is encoded: `json`, `form` (URL-encoded), `text` (the text "
            "of `data`), or `raw`, the received bytes. By default, the received type is kept, and "
            "`data` is sent as JSON."
        ),
    ] = UNSET
    authentication: Annotated[
        WorkflowAuthentication,
        Meta(description="The credentials for the workflow."),
    ] = "none"
    tls: Annotated[
        ClientCertificate | UnsetType,
        Meta(
            description="A client certificate, for a workflow behind https. While one of its "
            "secrets is missing or unusable, the hook is out of service. A changed "
            "certificate applies to new connections."
        ),
    ] = UNSET
    timeout: Annotated[
        Duration,
        TIMEOUT.meta,
        Meta(description="The deadline of the whole invocation, at most 5m."),
    ] = "10s"
    retry: Annotated[Retry, Meta(description="How often the gateway tries an invocation.")] = (
        Retry()
    )

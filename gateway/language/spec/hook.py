"""One YAML document is one hook."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.api_key import ApiKeyAuthentication
from gateway.language.spec.authentication import (
    BasicAuthentication,
    BearerAuthentication,
    NoAuthentication,
)
from gateway.language.spec.base import Written
from gateway.language.spec.cors import Cors
from gateway.language.spec.deduplicate import Deduplicate
from gateway.language.spec.delivery import Delivery
from gateway.language.spec.handshakes import Handshake, long_forms
from gateway.language.spec.jwt import JwtAuthentication
from gateway.language.spec.limits import Limits, Network
from gateway.language.spec.receive import Receive
from gateway.language.spec.response import Response, ResponseType
from gateway.language.spec.rules import Match
from gateway.language.spec.scalars import Name, RoutePath, UrlTemplate
from gateway.language.spec.signature import SignatureAuthentication
from gateway.language.spec.workflow import Workflow

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

Authentication = (
    Literal["none"]
    | NoAuthentication
    | BasicAuthentication
    | BearerAuthentication
    | ApiKeyAuthentication
    | JwtAuthentication
    | SignatureAuthentication
)


class Hook(Written, frozen=True, kw_only=True):
    """A URL that starts a workflow."""

    EXAMPLES: ClassVar = (
        {
            "name": "paris-orders",
            "description": "Starts the Paris workflow for every order placed there.",
            "method": "POST",
            "match": {"body": {"CityName": "Paris"}},
            "authentication": {"type": "bearer", "tokens": [{"secret": "paris-token"}]},
            "workflow": "http://workflows.internal/run/paris",
        },
    )

    name: Annotated[Name, Meta(description="The hook's name, unique among all hooks.")]
    description: Annotated[
        str, Meta(max_length=4096, description="A description of the hook for people.")
    ] = ""
    enabled: Annotated[
        bool, Meta(description="Whether the hook is enabled; a disabled hook answers 404.")
    ] = True
    path: Annotated[
        RoutePath | UnsetType,
        Meta(
            description="The path of the URL; by default `/hooks/<name>`. The value of a "
            "`{parameter}` is sent to the workflow as a percent-encoded header: "
            "`{order_id}` as `X-Path-Order-Id`."
        ),
    ] = UNSET
    method: Annotated[
        Method | Annotated[list[Method], Meta(min_length=1)],
        Meta(description="The HTTP method that starts the workflow, or a list of them."),
    ] = "GET"
    authentication: Annotated[
        Authentication | UnsetType,
        Meta(
            description="Who may call. Without it, anyone may call and validation warns. To allow "
            "this, write `authentication: none`."
        ),
    ] = UNSET
    allow_from: (
        Annotated[
            list[Network],
            Meta(
                min_length=1,
                max_length=256,
                description="The networks that may call; others get 403. Without it, any network "
                "may call. Behind a proxy, set `--trusted-proxies`.",
                examples=[["192.30.252.0/22", "2a0a:a440::/29"]],
            ),
        ]
        | UnsetType
    ) = UNSET
    cors: Annotated[
        Cors | UnsetType,
        Meta(
            description="The pages of other origins that may call the hook from a browser; none "
            "by default."
        ),
    ] = UNSET
    limits: Annotated[Limits | UnsetType, Meta(description="Limits on the hook's requests.")] = (
        UNSET
    )
    handshake: Annotated[
        Handshake | Annotated[list[Handshake], Meta(min_length=1, max_length=8)] | UnsetType,
        Meta(
            description="The handshake that the sender performs before it sends events: the name "
            "of a known handshake, its long form, or a list of them. It never reaches the workflow."
        ),
    ] = UNSET
    receive: Annotated[
        Receive | UnsetType,
        Meta(description="How the body is read; by default as its Content-Type says."),
    ] = UNSET
    match: Annotated[
        Match | UnsetType,
        Meta(description="Which requests start the workflow; without it, all do."),
    ] = UNSET
    workflow: Annotated[
        UrlTemplate | Workflow,
        Meta(description="The workflow's HTTP endpoint: a URL, or the long form."),
    ]
    response: Annotated[
        ResponseType | Response,
        Meta(description="The answer to the caller: `outputs`, `status`, or the long form."),
    ] = "outputs"

    delivery: Annotated[
        Delivery,
        Meta(
            description="When the caller is answered: `direct`, once the workflow has run; "
            "`durable`, once the run is stored; or the long form."
        ),
    ] = "direct"
    deduplicate: Annotated[
        Deduplicate | UnsetType,
        Meta(description="Which requests repeat an earlier one, and start no second run."),
    ] = UNSET

    @property
    def route(self) -> str:
        """The path that the hook owns."""
        return f"/hooks/{self.name}" if self.path is UNSET else self.path

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the hook takes, as written, without repetition."""
        written = [self.method] if isinstance(self.method, str) else self.method
        return tuple(dict.fromkeys(written))

    @property
    def answered(self) -> tuple[str, ...]:
        """The methods that the hook owns on its path: those it takes, and its handshakes'. HEAD
        belongs to GET.
        """
        asked = (method for one in long_forms(self.handshake) for method in one.asked_by)
        return tuple(dict.fromkeys((*self.methods, *map(_routed, asked))))


def _routed(method: str) -> str:
    return "GET" if method == "HEAD" else method

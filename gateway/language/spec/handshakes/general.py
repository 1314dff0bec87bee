"""Handshakes of senders that have no name here: probes, and challenges that are returned."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.handshakes.base import Handshaking
from gateway.language.spec.rules import Rule
from gateway.language.spec.scalars import HeaderName

ChallengeReference = Annotated[
    str,
    Meta(
        pattern=r"^\$\{(query|headers|body)\.[^\x00-\x1f{}]+\}$(?!\n)",
        max_length=256,
        description="a reference such as ${query.hub.challenge}, ${headers.X-Challenge} or "
        "${body.challenge}",
        examples=["${query.hub.challenge}"],
    ),
]


class ProbeHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="probe"):
    """Any request by one of these methods: answered 200 without a body and without credentials.
    Trello sends HEAD, and Mailchimp sends GET, before they accept a URL.
    """

    EXAMPLES: ClassVar = ({"type": "probe", "methods": ["HEAD", "GET"]},)

    methods: Annotated[
        list[Literal["HEAD", "GET"]],
        Meta(
            min_length=1,
            max_length=2,
            description="The methods, which must not start the workflow.",
            examples=[["HEAD", "GET"]],
        ),
    ]

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The methods, as written."""
        return tuple(dict.fromkeys(self.methods))


class ChallengeAnswer(Written, frozen=True, kw_only=True):
    """Where the challenge is returned. `text` is the short form for a body of plain text."""

    EXAMPLES: ClassVar = ({"json": "hub.challenge"}, {"header": "X-Hook-Secret"})

    EXACTLY_ONE: ClassVar = ("json", "header")

    json: Annotated[
        Annotated[str, Meta(min_length=1, max_length=128)] | UnsetType,
        Meta(description="The member of a JSON object that has the challenge as its value."),
    ] = UNSET
    header: Annotated[
        HeaderName | UnsetType,
        Meta(description="The header that has the challenge as its value; it begins with X-."),
    ] = UNSET


class ChallengeHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="challenge"):
    """A handshake of any other sender: a request with a text that must be returned. The text has
    1 to 1024 printable ASCII characters.
    """

    EXAMPLES: ClassVar = (
        {
            "type": "challenge",
            "challenge": "${query.hub.challenge}",
            "where": {"query": {"hub.mode": "subscribe"}},
            "answer": {"json": "hub.challenge"},
        },
    )

    challenge: Annotated[
        ChallengeReference,
        Meta(description="The text to return: a reference into the query, headers or body."),
    ]
    method: Annotated[
        Literal["GET", "POST", "PUT"] | UnsetType,
        Meta(description="The method of the handshake; by default POST for the body, else GET."),
    ] = UNSET
    where: Annotated[
        Rule | UnsetType,
        Meta(
            description="The rule that the handshake satisfies, as in `match`; by default every "
            "request that has the challenge is one."
        ),
    ] = UNSET
    answer: Annotated[
        Literal["text"] | ChallengeAnswer,
        Meta(description="The answer: `text`, or the member or header with the challenge."),
    ] = "text"
    authenticated: Annotated[
        bool | UnsetType,
        Meta(
            description="Whether the sender shows its credentials with the handshake, too; by "
            "default only for a challenge in the body. Without credentials, anyone gets their own "
            "text back, and validation warns; write `false` if that is intended."
        ),
    ] = UNSET

    @property
    def source(self) -> str:
        """Where the challenge is: `query`, `headers` or `body`."""
        return self.challenge[2:].partition(".")[0]

    @property
    def reads_body(self) -> bool:
        """Whether the body must be read to know."""
        return self.source == "body" or (self.where is not UNSET and self.where.reads_body)

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The method that is written, or the usual one."""
        usual = "POST" if self.reads_body else "GET"
        return (usual if self.method is UNSET else self.method,)

    @property
    def proven(self) -> bool:
        """As written; a body is never read before the credentials hold."""
        return self.reads_body or self.authenticated is True

"""What a scheme says of a request: where the texts of a signature stand, and what is signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from gateway.compile.signatures.boundary import boundary_of
from gateway.compile.signatures.kinds import Kind
from gateway.compile.signatures.members import Member
from gateway.compile.signatures.places import MessageIdPlace, Place
from gateway.compile.signatures.request import Request
from gateway.compile.signatures.timestamps import SigningTime
from gateway.compile.signatures.twilio import signed_form
from gateway.language.signed import id_separators, separator_of, variants
from gateway.language.signed_text import Template
from gateway.language.spec.scheme import Scheme

MAX_ITEMS = 16


class Signed(NamedTuple):
    """What a sender adds to a request: headers, and members of its JSON body."""

    headers: list[tuple[str, str]]
    members: list[Member]


class Layout:
    """A scheme with everything resolved; it holds no secret.

    `tolerance` is in seconds. `urls` are the forms of the URL that may be signed, without the
    query; one without a path is completed by that of the request.
    """

    __slots__ = (
        *("_separator", "_split", "_template", "_urls"),
        *("boundary", "id", "kinds", "place", "time"),
    )

    def __init__(self, scheme: Scheme, tolerance: float, urls: tuple[bytes, ...]) -> None:
        several = scheme.format in ("list", "pairs")
        self._separator = separator_of(scheme).encode() if several else b""
        self._split = self._separator.strip() or self._separator
        self.place = Place(scheme.header, scheme.body, "signature")
        self.kinds = tuple(Kind(variant) for _, variant in variants(scheme))
        self._template = Template(scheme.signed)
        self._urls = urls if "url" in self._template.fields else urls[:1]
        self.boundary = boundary_of(self._template, self._urls)
        self.time = None
        if scheme.timestamp is not UNSET:
            alone = "timestamp" in self._template.fields
            self.time = SigningTime(scheme.timestamp, tolerance, alone)
        self.id = None
        if scheme.id is not UNSET:
            self.id = MessageIdPlace(scheme.id.header, scheme.id.body, id_separators(scheme))

    def items(self, value: bytes) -> list[bytes]:
        """The items of a header, without the blanks around them (RFC 9110 §5.6.1)."""
        if not self._separator:
            return [value]
        return [item.strip(b" \t") for item in value.split(self._split, MAX_ITEMS)[:MAX_ITEMS]]

    def messages(self, request: Request, timestamp: bytes, name: bytes) -> list[bytes]:
        """What may have been signed: one text for each form of the URL. Raises Unverified."""
        values = {"body": request.body, "timestamp": timestamp, "method": request.method}
        if self.id is not None:
            values["id"] = self.id.checked(name)
        if "form" in self._template.fields:
            values["form"] = signed_form(request)
        if "path" in self._template.fields:
            values["path"] = request.path_below(self._urls[0] if self._urls else b"")
        if not self._urls:
            return [self._template.fill(values)]
        return [self._template.fill({**values, "url": request.url(url)}) for url in self._urls]

    def written(self, items: Sequence[bytes], timestamp: bytes, name: bytes) -> Signed:
        """Signatures, the time of signing and the message's id, each in its place."""
        places: list[tuple[Place | SigningTime | None, bytes]] = [
            (self.place, self._separator.join(items)),
            (self.time, timestamp),
            (self.id, name),
        ]
        used = [(place, text) for place, text in places if place is not None]
        return Signed(
            [header for place, text in used for header in place.header(text)],
            [member for place, text in used for member in place.member(text)],
        )

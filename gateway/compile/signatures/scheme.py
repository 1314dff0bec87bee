"""A compiled signature scheme: whether a request comes from its sender, over the bytes received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from gateway.compile.sender import Sender
from gateway.compile.signatures import kinds as kind_family
from gateway.compile.signatures.kinds import Key, Kind
from gateway.compile.signatures.members import Member, document
from gateway.compile.signatures.outcomes import BadScheme, CannotSign, Outcome, Unverified
from gateway.compile.signatures.places import MessageIdPlace, Place
from gateway.compile.signatures.request import Request
from gateway.compile.signatures.timestamps import SigningTime
from gateway.compile.signatures.twilio import public_urls, signed_form
from gateway.language.lint.signature import faults
from gateway.language.quantities import parse_duration
from gateway.language.signed import id_separators, sender_of, separator_of, variants
from gateway.language.signed_text import Template
from gateway.language.spec.scheme import Scheme
from gateway.language.spec.signature import SignatureAuthentication

MAX_ITEMS = 16


class Claim(NamedTuple):
    """What a request says of itself; nothing of it is proven yet. It has no candidates where all
    of that is in the body.
    """

    timestamp: bytes
    id: bytes
    candidates: Sequence[Sequence[bytes]]
    now: float


class Signed(NamedTuple):
    """What a sender adds to a request: headers, and members of its JSON body."""

    headers: list[tuple[str, str]]
    members: list[Member]


class CompiledScheme:
    """One authentication's scheme with everything resolved. It holds no secret."""

    __slots__ = (
        "_id",
        "_kinds",
        "_place",
        "_separator",
        "_split",
        "_template",
        "_time",
        "_urls",
    )

    def __init__(self, scheme: Scheme, tolerance: float, urls: tuple[bytes, ...]) -> None:
        several = scheme.format in ("list", "pairs")
        self._separator = separator_of(scheme).encode() if several else b""
        self._split = self._separator.strip() or self._separator
        self._place = Place(scheme.header, scheme.body, "signature")
        self._kinds = tuple(Kind(variant) for _, variant in variants(scheme))
        self._template = Template(scheme.signed)
        self._urls = urls if "url" in self._template.fields else urls[:1]
        self._time = None
        if scheme.timestamp is not UNSET:
            alone = "timestamp" in self._template.fields
            self._time = SigningTime(scheme.timestamp, tolerance, alone)
        self._id = None
        if scheme.id is not UNSET:
            self._id = MessageIdPlace(scheme.id.header, scheme.id.body, id_separators(scheme))

    def prepare_key(self, secret: bytes) -> Key:
        """The key of a secret. Raises BadSecret: then the hook must be out of service."""
        return kind_family.prepare(self._kinds, secret)

    def verify(
        self,
        *,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        query_string: bytes,
        path: str,
        keys: Sequence[Key],
        now: float,
        method: str = "POST",
    ) -> Outcome | None:
        """None when one of the keys verifies the request, otherwise why not, for the log alone.

        Header names are in lower case; `path` and `query_string` are as received,
        percent-encoding kept; `now` is POSIX seconds. Every key is tried with every signature
        that the request carries, at most 16, without an early exit.
        """
        request = _request(method, headers, body, query_string, path)
        try:
            self.prove(self.claim(request, now), request, keys)
        except Unverified as refusal:
            return refusal.outcome
        return None

    def claim(self, request: Request, now: float) -> Claim:
        """What can be told before the body is there: `request` may lack it. Raises Unverified."""
        if self._place.steps:
            return Claim(b"", b"", (), now)
        return self._claimed(request, None, now)

    def _claimed(self, request: Request, body: Any, now: float) -> Claim:
        items = self._items(self._place.read(request, body))
        text = b"" if self._time is None else self._time.read(request, items, body, now)
        name = b"" if self._id is None else self._id.read(request, body)
        candidates = [kind.candidates(items) for kind in self._kinds]
        if not any(candidates):
            raise Unverified("signature-malformed")
        return Claim(text, name, candidates, now)

    def prove(self, claim: Claim, request: Request, keys: Sequence[Key]) -> int:
        """Hold a claim and its request, with its body now, against the keys. The index of one that
        verifies it. Raises Unverified.
        """
        if self._place.steps:
            claim = self._claimed(request, document(request.body), claim.now)
        messages = self._messages(request, claim.timestamp, claim.id)
        held = -1
        for index, key in enumerate(keys):
            for place, material in key.fits:
                algorithm = self._kinds[place].algorithm
                if algorithm.accepts(material, messages, claim.candidates[place]):
                    held = index
        if held < 0:
            raise Unverified("signature-wrong")
        if self._time is not None:
            self._time.check_body(request.body, claim.now)
        return held

    def sender(self, claim: Claim) -> Sender:
        """What a claim that is proven tells of the message; what is in the body is told by that."""
        seconds = None
        if self._time is not None and claim.timestamp:
            seconds = self._time.seconds(claim.timestamp)
        return Sender(id=claim.id.decode("ascii"), timestamp=seconds)

    def body_timestamp(self, now: float) -> Member | None:
        """Where a JSON body that is signed must carry the time of signing, and what it is now."""
        return None if self._time is None else self._time.in_body(now)

    def sign(
        self,
        *,
        secret: bytes,
        body: bytes,
        now: float,
        id: str,  # noqa: A002  # the grammar's word
        query_string: bytes = b"",
        path: str = "",
        content_type: str = "",
        method: str = "POST",
    ) -> Signed:
        """What a sender would add. `body_timestamp` is the caller's to write, before this.

        Raises BadSecret, and CannotSign for a public key or a request that has no signed form.
        """
        typed = [(b"content-type", content_type.encode())]
        request = _request(method, typed, body, query_string, path)
        text = b"" if self._time is None else self._time.write(now)
        try:
            message = self._messages(request, text, id.encode())[0]
        except Unverified as refusal:
            raise CannotSign(_UNSIGNABLE[refusal.outcome]) from None
        items = [] if self._time is None else self._time.item(text)
        items.append(kind_family.sign(self._kinds, secret, message))
        return self._written(self._separator.join(items), text, id.encode())

    def _written(self, signature: bytes, timestamp: bytes, name: bytes) -> Signed:
        places: list[tuple[Place | SigningTime | None, bytes]] = [
            (self._place, signature),
            (self._time, timestamp),
            (self._id, name),
        ]
        used = [(place, text) for place, text in places if place is not None]
        return Signed(
            [header for place, text in used for header in place.header(text)],
            [member for place, text in used for member in place.member(text)],
        )

    def _items(self, value: bytes) -> list[bytes]:
        """The items of a header, without the blanks around them (RFC 9110 §5.6.1)."""
        if not self._separator:
            return [value]
        return [item.strip(b" \t") for item in value.split(self._split, MAX_ITEMS)[:MAX_ITEMS]]

    def _messages(self, request: Request, timestamp: bytes, name: bytes) -> list[bytes]:
        values = {"body": request.body, "timestamp": timestamp, "method": request.method}
        if self._id is not None:
            values["id"] = self._id.checked(name)
        if "form" in self._template.fields:
            values["form"] = signed_form(request)
        if "path" in self._template.fields:
            values["path"] = request.path_below(self._urls[0] if self._urls else b"")
        if not self._urls:
            return [self._template.fill(values)]
        return [self._template.fill({**values, "url": request.url(url)}) for url in self._urls]


def _request(
    method: str, headers: Sequence[tuple[bytes, bytes]], body: bytes, query: bytes, path: str
) -> Request:
    return Request(method.encode(), headers, body, query, path.encode(errors="replace"))


_UNSIGNABLE: dict[Outcome, str] = {
    "id-malformed": "the id must be printable ASCII without the text that follows it when signed",
    "body-unsigned": "the scheme signs forms; for another body call the URL with "
    "?bodySHA256= and the SHA-256 of the body in hex",
    "body-digest-wrong": "the URL's bodySHA256 is not the SHA-256 of this body",
}


def compile_scheme(spec: SignatureAuthentication) -> CompiledScheme:
    """The scheme of an authentication. Raises BadScheme with everything that is wrong with it."""
    sender = sender_of(spec)
    if wrong := [sentence for _, sentence, _ in faults(spec)]:
        raise BadScheme("; ".join(wrong))
    tolerance = parse_duration(sender.tolerance if spec.tolerance is UNSET else spec.tolerance)
    urls = () if spec.public_url is UNSET else public_urls(spec.public_url)
    return CompiledScheme(sender.scheme, tolerance, urls)

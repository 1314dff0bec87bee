"""A compiled signature scheme: whether a request comes from its sender, over the bytes received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from gateway.compile.signatures import kinds as kind_family
from gateway.compile.signatures.kinds import Key, Kind
from gateway.compile.signatures.outcomes import BadScheme, CannotSign, Outcome, Unverified
from gateway.compile.signatures.request import IdHeader, Request
from gateway.compile.signatures.timestamps import SigningTime
from gateway.compile.signatures.twilio import public_urls, signed_form
from gateway.language.lint.signature import faults
from gateway.language.quantities import parse_duration
from gateway.language.signed import sender_of, separator_of, variants
from gateway.language.signed_text import Template
from gateway.language.spec.scheme import Scheme
from gateway.language.spec.signature import SignatureAuthentication

MAX_ITEMS = 16


class Claim(NamedTuple):
    """What the headers of a request say of themselves; nothing of it is proven yet."""

    timestamp: bytes
    id: bytes
    candidates: Sequence[Sequence[bytes]]
    now: float


class CompiledScheme:
    """One authentication's scheme with everything resolved. It holds no secret."""

    __slots__ = (
        "_field",
        "_id",
        "_kinds",
        "_separator",
        "_split",
        "_template",
        "_time",
        "_urls",
        "header",
    )

    def __init__(self, scheme: Scheme, tolerance: float, urls: tuple[bytes, ...]) -> None:
        several = scheme.format in ("list", "pairs")
        self._separator = separator_of(scheme).encode() if several else b""
        self._split = self._separator.strip() or self._separator
        self.header = scheme.header
        self._field = scheme.header.lower().encode()
        self._kinds = tuple(Kind(variant) for _, variant in variants(scheme))
        self._template = Template(scheme.signed)
        self._urls = urls
        self._time = None if scheme.timestamp is UNSET else SigningTime(scheme.timestamp, tolerance)
        self._id = None
        if scheme.id is not UNSET:
            self._id = IdHeader(scheme.id.header, self._template.neighbours("id"))

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
    ) -> Outcome | None:
        """None when one of the keys verifies the request, otherwise why not, for the log alone.

        Header names are in lower case; `path` and `query_string` are as received,
        percent-encoding kept; `now` is POSIX seconds. Every key is tried with every signature
        that the header carries, at most 16, without an early exit.
        """
        request = Request(headers, body, query_string, path.encode(errors="replace"))
        try:
            self.prove(self.claim(request, now), request, keys)
        except Unverified as refusal:
            return refusal.outcome
        return None

    def claim(self, request: Request, now: float) -> Claim:
        """What can be told before the body is there: `request` may lack it. Raises Unverified."""
        items = self._items(request.single(self._field, "signature"))
        text = b"" if self._time is None else self._time.read(request, items, now)
        name = b"" if self._id is None else self._id.read(request)
        candidates = [kind.candidates(items) for kind in self._kinds]
        if not any(candidates):
            raise Unverified("signature-malformed")
        return Claim(text, name, candidates, now)

    def prove(self, claim: Claim, request: Request, keys: Sequence[Key]) -> int:
        """Hold a claim and its request, with its body now, against the keys. The index of one that
        verifies it. Raises Unverified.
        """
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

    def body_timestamp(self, now: float) -> tuple[tuple[str, ...], int | str] | None:
        """Where a JSON body must carry the time of signing, and what it is now.

        The steps of a JSON Pointer and a value; None where the timestamp is not in the body.
        """
        if self._time is None or self._time.steps is None:
            return None
        return self._time.steps, self._time.write_body(now)

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
    ) -> list[tuple[str, str]]:
        """The headers that a sender would add. A timestamp in the body is the caller's to write.

        Raises BadSecret, and CannotSign for a public key or a request that has no signed form.
        """
        typed = [(b"content-type", content_type.encode())]
        request = Request(typed, body, query_string, path.encode(errors="replace"))
        text = b"" if self._time is None else self._time.write(now)
        try:
            message = self._messages(request, text, id.encode())[0]
        except Unverified as refusal:
            raise CannotSign(_UNSIGNABLE[refusal.outcome]) from None
        items = [] if self._time is None else self._time.item(text)
        items.append(kind_family.sign(self._kinds, secret, message))
        headers = [(self.header, self._separator.join(items).decode())]
        if self._time is not None and self._time.name:
            headers.append((self._time.name, text.decode()))
        if self._id is not None:
            headers.append((self._id.name, id))
        return headers

    def _items(self, value: bytes) -> list[bytes]:
        """The items of the header, without the blanks around them (RFC 9110 §5.6.1)."""
        if not self._separator:
            return [value]
        return [item.strip(b" \t") for item in value.split(self._split, MAX_ITEMS)[:MAX_ITEMS]]

    def _messages(self, request: Request, timestamp: bytes, name: bytes) -> list[bytes]:
        values = {"body": request.body, "timestamp": timestamp}
        if self._id is not None:
            values["id"] = self._id.checked(name)
        if "form" in self._template.fields:
            values["form"] = signed_form(request)
        if not self._urls:
            return [self._template.fill(values)]
        return [self._template.fill({**values, "url": request.url(url)}) for url in self._urls]


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

"""What a sender adds to a request, so that its receiver can verify it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.compile.signatures import kinds as kind_family
from gateway.compile.signatures.kinds import SigningKey
from gateway.compile.signatures.layout import Layout, Signed
from gateway.compile.signatures.members import Member
from gateway.compile.signatures.outcomes import CannotSign, Outcome, Unverified
from gateway.compile.signatures.request import Request

_UNSIGNABLE: dict[Outcome, str] = {
    "id-malformed": "the id must be printable ASCII without the text that follows it when signed",
    "body-unsigned": "the scheme signs forms; for another body call the URL with "
    "?bodySHA256= and the SHA-256 of the body in hex",
    "url-ambiguous": "the scheme signs the URL and the body without text between them, so the hook "
    "takes only a body that no URL can continue, such as JSON that begins with '{'",
    "body-digest-wrong": "the URL's bodySHA256 is not the SHA-256 of this body",
}


class Signer:
    """Signs requests by one scheme. It holds no secret."""

    __slots__ = ("_layout",)

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def prepare_key(self, secret: bytes) -> SigningKey:
        """The key of a secret. Raises BadSecret for one that is no key of the scheme, CannotSign
        for one that only verifies.
        """
        return kind_family.signing_key(self._layout.kinds, secret)

    def body_timestamp(self, now: float) -> Member | None:
        """Where a JSON body that is signed must carry the time of signing, and what it is now."""
        return None if self._layout.time is None else self._layout.time.in_body(now)

    def check(self, request: Request) -> None:
        """Raises CannotSign for a request that a verifier refuses, whatever its signature is."""
        try:
            if self._layout.boundary is not None:
                self._layout.boundary.check(request)
        except Unverified as refusal:
            raise CannotSign(_UNSIGNABLE[refusal.outcome]) from None

    def sign(self, request: Request, keys: Sequence[SigningKey], now: float, name: str) -> Signed:
        """What a sender adds: one signature with each key. `now` is POSIX seconds, and `name` the
        message's id. `body_timestamp` is the caller's to write, before this.

        Raises CannotSign for a request that has no signed form.
        """
        time = self._layout.time
        text = b"" if time is None else time.write(now)
        try:
            message = self._layout.messages(request, text, name.encode())[0]
        except Unverified as refusal:
            raise CannotSign(_UNSIGNABLE[refusal.outcome]) from None
        items = [] if time is None else time.item(text)
        signatures = [key.sign(message) for key in keys]
        return self._layout.written([*items, *signatures], text, name.encode())

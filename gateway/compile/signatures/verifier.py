"""Whether a request comes from its sender, over the bytes received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gateway.compile.sender import Sender
from gateway.compile.signatures import kinds as kind_family
from gateway.compile.signatures.kinds import Key
from gateway.compile.signatures.layout import Layout
from gateway.compile.signatures.members import document
from gateway.compile.signatures.outcomes import Outcome, Unverified
from gateway.compile.signatures.request import Request, request_of


class Claim(NamedTuple):
    """What a request says of itself; nothing of it is proven yet. It has no candidates where all
    of that is in the body.
    """

    timestamp: bytes
    id: bytes
    candidates: Sequence[Sequence[bytes]]
    now: float


class Verifier:
    """Verifies the signatures of one scheme. It holds no secret."""

    __slots__ = ("_layout",)

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def prepare_key(self, secret: bytes) -> Key:
        """The key of a secret. Raises BadSecret: then the hook must be out of service."""
        return kind_family.prepare(self._layout.kinds, secret)

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
        request = request_of(method, headers, body, query_string, path)
        try:
            self.prove(self.claim(request, now), request, keys)
        except Unverified as refusal:
            return refusal.outcome
        return None

    def claim(self, request: Request, now: float) -> Claim:
        """What can be told before the body is there: `request` may lack it. Raises Unverified."""
        if self._layout.place.steps:
            return Claim(b"", b"", (), now)
        return self._claimed(request, None, now)

    def _claimed(self, request: Request, body: Any, now: float) -> Claim:
        layout = self._layout
        items = layout.items(layout.place.read(request, body))
        text = b"" if layout.time is None else layout.time.read(request, items, body, now)
        name = b"" if layout.id is None else layout.id.read(request, body)
        candidates = [kind.candidates(items) for kind in layout.kinds]
        if not any(candidates):
            raise Unverified("signature-malformed")
        return Claim(text, name, candidates, now)

    def prove(self, claim: Claim, request: Request, keys: Sequence[Key]) -> int:
        """Hold a claim and its request, with its body now, against the keys. The index of one that
        verifies it. Raises Unverified.
        """
        layout = self._layout
        if layout.place.steps:
            claim = self._claimed(request, document(request.body), claim.now)
        messages = layout.messages(request, claim.timestamp, claim.id)
        held = -1
        for index, key in enumerate(keys):
            for place, material in key.fits:
                algorithm = layout.kinds[place].algorithm
                if algorithm.accepts(material, messages, claim.candidates[place]):
                    held = index
        if held < 0:
            raise Unverified("signature-wrong")
        if layout.boundary is not None:
            layout.boundary.check(request)
        if layout.time is not None:
            layout.time.check_body(request.body, claim.now)
        return held

    def sender(self, claim: Claim) -> Sender:
        """What a claim that is proven tells of the message; what is in the body is told by that."""
        seconds = None
        if self._layout.time is not None and claim.timestamp:
            seconds = self._layout.time.seconds(claim.timestamp)
        return Sender(id=claim.id.decode("ascii"), timestamp=seconds)

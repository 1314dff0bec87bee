"""What callers are answered once their run is stored, as far as the hook says it itself."""

from __future__ import annotations

import msgspec

from gateway.compile.answer import NO_STORE, Answer, Headers
from gateway.compile.answers import Lines, Make, compile_headers, compile_made
from gateway.compile.exchange import Exchange
from gateway.compile.mismatch import Places
from gateway.compile.templates.blame import where_in
from gateway.compile.templates.outcome import Outcome
from gateway.language.answers import is_own
from gateway.language.spec import Response

OURS = frozenset({"cache-control", "content-type", "location", "retry-after"})
"""Headers that the gateway's own answer to a stored run has."""


class Acknowledgement(msgspec.Struct, frozen=True):
    """What a hook's `response` says before its workflow is called: templates read the request and
    the run's id.

    `make` makes the whole answer, where the hook has one of its own. `fixed` and `lines` are
    headers of the gateway's answer, `filled` those of a stored answer that outlived its request.
    """

    make: Make | None
    fixed: Headers
    lines: Lines | None
    filled: Lines | None

    def whole(self, exchange: Exchange) -> Answer | None:
        """The hook's own answer, None where it has none. Raises Unmappable."""
        return None if self.make is None else self.make(Outcome(exchange, None))

    def headers(self, exchange: Exchange) -> Headers:
        """Headers beside the gateway's own. Raises Unmappable."""
        if self.lines is None:
            return self.fixed
        return (*self.fixed, *self.lines(Outcome(exchange, None)))

    def completed(self, exchange: Exchange, kept: Answer) -> Answer:
        """A stored answer with the headers that read the request. Raises Unmappable."""
        if self.filled is None:
            return kept
        headers = (*kept.headers, *self.filled(Outcome(exchange, None)))
        return msgspec.structs.replace(kept, headers=headers)


def compile_acknowledgement(written: str | Response, places: Places) -> Acknowledgement:
    """The acknowledgement of a durable hook, resolved once."""
    if isinstance(written, str):
        return Acknowledgement(None, (), None, None)
    where, steps = where_in(places), ("response", "headers")
    make = compile_made(written, ("response",), places) if is_own(written) else None
    _, filled = compile_headers(written.headers, steps, where)
    beside = {name: value for name, value in written.headers.items() if name.lower() not in OURS}
    fixed, lines = compile_headers(beside, steps, where)
    # The gateway's own answer says itself that no cache may keep it.
    said = tuple(one for one in fixed if one is not NO_STORE)
    return Acknowledgement(make, said, lines, filled)

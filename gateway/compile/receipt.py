"""What the caller of a durable hook is told of a run that is stored."""

from __future__ import annotations

import msgspec

from gateway.compile.answer import Answer, Headers
from gateway.compile.exchange import Exchange
from gateway.compile.outcome import ask_again, document, instant, status_of
from gateway.runs.run import Record, State

_SOON = ask_again(None)


class _Document(msgspec.Struct, omit_defaults=True):
    """What a caller is told whose run is stored. `was` is the state of an earlier request's run."""

    status: str
    hook: str
    run: str
    outcome: str
    was: str = ""
    attempts: int = 0
    next_attempt_at: str | None = None


class Receipt:
    """The answers about the run of one request, whose outcome is at `path`. `said` is the hook's
    own answer, or what it adds to the one here.
    """

    def __init__(self, path: str, exchange: Exchange, said: Answer | Headers) -> None:
        self.exchange = exchange
        self.said = said
        self._path = path
        self._location = (b"location", path.encode())

    def unfinished(self, started: State, record: Record | None) -> Answer:
        """The run is stored and goes on; `record` is there where somebody has looked."""
        values = self._values(status_of(started if record is None else record.state))
        if isinstance(self.said, Answer):
            return self._own(self.said)
        again = _SOON
        if record is not None and record.attempts and record.next_attempt is not None:
            values.attempts = record.attempts
            values.next_attempt_at = instant(record.next_attempt)
            again = ask_again(record.next_attempt)
        return document(202, values, (self._location,), (*self.said, again))

    def duplicate(self, was: State, record: Record | None) -> Answer:
        """The run was stored for an earlier request with the same key."""
        values = self._values("duplicate")
        values.was = status_of(was)
        if isinstance(self.said, Answer):
            return self._own(self.said)
        if was.final:
            return document(200, values, (self._location,))
        again = ask_again(None if record is None else record.next_attempt)
        return document(202, values, (self._location, again))

    def _own(self, said: Answer) -> Answer:
        """The hook's own answer, which says as well where the outcome is."""
        if any(name == b"location" for name, _ in said.headers):
            return said
        return msgspec.structs.replace(said, own=(self._location,))

    def _values(self, status: str) -> _Document:
        exchange = self.exchange
        exchange.outcome = status
        return _Document(status, exchange.hook, exchange.run, self._path)

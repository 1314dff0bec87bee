"""What operators write: queries and bodies as values, with a sentence for each mistake."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl

import msgspec

from gateway.compile import strict_json
from gateway.compile.exchange import Exchange
from gateway.errors import Malformed
from gateway.runs.run import State
from gateway.runs.selection import Query, Selection

MOST = 16 * 1024
"""Bytes of a body."""
MANY = 10_000
"""Runs that one request changes; the answer says where the next one goes on."""
_CURSOR = re.compile(r"[0-9]{1,18}(-[0-9]{1,18})?", re.ASCII)
T = TypeVar("T", bound=msgspec.Struct)


class ListQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of a list. Times are in ISO 8601 with an offset."""

    hook: str = ""
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""
    limit: int = 50

    def read(self) -> Query:
        """The same for the store."""
        return Query(
            hook=self.hook,
            state=self.state,
            since=_seconds(self.since, "since"),
            until=_seconds(self.until, "until"),
            after=_cursor(self.after),
            limit=min(max(self.limit, 1), 200),
        )


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a replay or a cancellation of one run."""

    anew: bool = False
    anyway: bool = False
    dry_run: bool = False


class BulkCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a replay or a cancellation of many runs of one hook, which has to be named: an
    empty text would choose the runs of all.
    """

    hook: Annotated[str, msgspec.Meta(min_length=1)]
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""
    anew: bool = False
    anyway: bool = False
    dry_run: bool = False

    def selection(self, gate: bytes | None) -> Selection:
        """The same for the store; `gate` is what the runs must have been let in by."""
        return Selection(
            hook=self.hook,
            state=self.state,
            since=_seconds(self.since, "since"),
            until=_seconds(self.until, "until"),
            after=_cursor(self.after),
            gate=gate,
            dry_run=self.dry_run,
            limit=MANY,
        )


class BackupCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a backup: a file that is not there yet."""

    file: str


def query_of(exchange: Exchange) -> Query:
    """The query of a list. Raises Malformed."""
    pairs = parse_qsl(exchange.query_string.decode("latin-1"), keep_blank_values=True)
    if len(dict(pairs)) < len(pairs):
        raise Malformed("A parameter appears more than once.")
    try:
        # Every value is text: numbers and times are read from it.
        return msgspec.convert(dict(pairs), ListQuery, strict=False).read()
    except msgspec.ValidationError as error:
        raise Malformed(f"The query cannot be used: {error}.") from None


async def body_of(exchange: Exchange, kind: type[T]) -> T:
    """The JSON of a body, `{}` where there is none. Raises Malformed and what reading raises."""
    exchange.body_limit = MOST
    body = await exchange.read_body()
    try:
        return msgspec.convert(strict_json.decode(body or b"{}"), kind)
    except msgspec.ValidationError as error:
        raise Malformed(f"The body cannot be used: {error}.") from None


def _seconds(time: datetime | None, name: str) -> float | None:
    if time is None:
        return None
    if time.tzinfo is None:
        raise Malformed(f"{name} needs an offset: 2026-11-26T10:00:00Z.")
    return time.timestamp()


def _cursor(text: str) -> str:
    if text and not _CURSOR.fullmatch(text):
        raise Malformed("after is the 'next' of the answer before.")
    return text

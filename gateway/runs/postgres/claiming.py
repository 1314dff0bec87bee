"""Starting what is due, as the gate of this process says."""

from __future__ import annotations

import math

from gateway.runs.gate import Claim
from gateway.runs.postgres.books import Books, Held
from gateway.runs.postgres.rows import NOW
from gateway.runs.postgres.session import Session
from gateway.runs.run import Assignment, State

BYTES = 8 * 1024 * 1024
"""What is claimed at once at most; the first run may be larger."""
_CLAIM = f"""WITH due AS (SELECT seq, due, size FROM gateway.run
        WHERE state=1 AND hook=$1 AND class=$2 AND due <= now()
        ORDER BY due, seq LIMIT $3 FOR UPDATE SKIP LOCKED),
    fitting AS (SELECT seq FROM (SELECT seq, sum(size) OVER w AS total, row_number() OVER w AS place
        FROM due WINDOW w AS (ORDER BY due, seq)) AS sums WHERE total <= {BYTES} OR place=1),
    later AS (SELECT due FROM gateway.run WHERE state=1 AND hook=$1 AND class=$2
        ORDER BY due, seq OFFSET (SELECT count(*) FROM fitting) LIMIT 1),
    started AS (UPDATE gateway.run r SET state=2, attempts=attempts+1, owner=$4, due=NULL,
        started=now() FROM fitting f WHERE r.seq=f.seq
        RETURNING r.seq, r.id, r.attempts, r.tries, r.lane IS NOT NULL AS in_lane)
    SELECT s.seq, s.id::text, s.attempts, s.tries, s.in_lane, p.invocation,
        extract(epoch FROM (SELECT due FROM later))::float8, {NOW}
    FROM (SELECT 1) AS always LEFT JOIN started s ON true LEFT JOIN gateway.payload p USING (seq)
    ORDER BY s.seq"""


async def claim(books: Books, order: Claim, session: Session) -> list[Assignment]:
    """Start what an order allows; what this process has now."""
    hook = books.names.known(order.hook)
    rows = []
    if hook is not None:
        rows = await session.fetch(_CLAIM, hook, int(order.again), order.count, books.owner)
        books.clock.told(rows[0][7])
    later = math.inf if not rows or rows[0][6] is None else rows[0][6]
    found = [row for row in rows if row[0] is not None]
    runs = [row[1] for row in found]
    books.gate.claimed(order, runs, later, books.now)
    books.count_claimed(order.hook, order.again, len(runs))
    for row in found:
        books.holding[row[1]] = Held(row[2], order.hook, order.again, row[4])
        books.changed(row[1])
    return [Assignment(row[1], order.hook, row[2], row[3], row[5]) for row in found]


_MINE = """SELECT id::text, attempts FROM gateway.run WHERE state=2 AND owner=$1"""
_TAKE = """SELECT r.id::text, r.hook, r.class, r.attempts, r.tries, r.lane IS NOT NULL, p.invocation
    FROM gateway.run r JOIN gateway.payload p USING (seq)
    WHERE r.id = ANY($1::uuid[]) AND r.state=2 AND r.owner=$2"""


class Reconciling:
    """What this process holds, beside what the database says that it has: an answer may be lost,
    and an operator or another process may have taken a run.
    """

    def __init__(self, books: Books) -> None:
        self._books = books
        self._unknown: set[tuple[str, int]] = set()

    async def compare(self, session: Session) -> tuple[list[tuple[str, int]], list[Assignment]]:
        """The attempts that are no longer this process's, and those that it did not know of.

        An attempt has to be unknown twice: its answer may be on its way.
        """
        books = self._books
        stored = [one for one in books.holding.items() if one[0] not in books.reserved]
        before = {(run, held.attempt) for run, held in stored}
        rows = {(run, attempt) for run, attempt in await session.fetch(_MINE, books.owner)}
        after = {(run, held.attempt) for run, held in books.holding.items()}
        gone = [one for one in before & after if one not in rows]
        unknown = rows - before - after
        again, self._unknown = unknown & self._unknown, unknown
        return gone, await self._take(session, [run for run, _ in again]) if again else []

    async def _take(self, session: Session, runs: list[str]) -> list[Assignment]:
        books = self._books
        rows = await session.fetch(_TAKE, runs, books.owner)
        await books.names.know(session, {row[1] for row in rows})
        taken = []
        for run, number, class_, attempt, tries, in_lane, invocation in rows:
            if run not in books.holding:
                hook, again = books.names.name(number), class_ == 1
                # It was counted as somebody's until now.
                books.leave(hook, State.RUNNING, again)
                books.hold(run, Held(attempt, hook, again, in_lane))
                taken.append(Assignment(run, hook, attempt, tries, invocation))
        return taken

"""Starting what is due, as the dispatcher of this process says."""

from __future__ import annotations

import math

from gateway.runs.hook_queue import Claim
from gateway.runs.postgres.local_state import Held, LocalState
from gateway.runs.postgres.rows import NOW
from gateway.runs.postgres.session import Session
from gateway.runs.run import Assignment

BYTES = 8 * 1024 * 1024
"""What is claimed at once at most; the first run may be larger."""
_LONGEST = 60.0
"""Seconds that a transaction may take: what becomes due in it is due when it begins, or later."""
_CLAIM = f"""WITH due AS (SELECT seq, due, size FROM gateway.run
        WHERE state=1 AND hook=$1 AND class=$2 AND due >= to_timestamp($5) AND due <= now()
        ORDER BY due, seq LIMIT $3 FOR UPDATE SKIP LOCKED),
    fitting AS (SELECT seq FROM (SELECT seq, sum(size) OVER w AS total, row_number() OVER w AS place
        FROM due WINDOW w AS (ORDER BY due, seq)) AS sums WHERE total <= {BYTES} OR place=1),
    later AS (SELECT due FROM gateway.run WHERE state=1 AND hook=$1 AND class=$2
        AND due >= to_timestamp($5)
        ORDER BY due, seq OFFSET (SELECT count(*) FROM fitting) LIMIT 1),
    started AS (UPDATE gateway.run r SET state=2, attempts=attempts+1, owner=$4, due=NULL,
        started=now() FROM fitting f WHERE r.seq=f.seq
        RETURNING r.seq, r.id, r.attempts, r.tries, r.lane IS NOT NULL AS in_lane)
    SELECT s.seq, s.id::text, s.attempts, s.tries, s.in_lane, coalesce(p.invocation, ''),
        extract(epoch FROM (SELECT due FROM later))::float8, {NOW}
    FROM (SELECT 1) AS always LEFT JOIN started s ON true LEFT JOIN gateway.payload p USING (seq)
    ORDER BY s.seq"""


async def claim(local: LocalState, order: Claim, session: Session) -> list[Assignment]:
    """Start what an order allows; what this process has now."""
    hook = local.names.known(order.hook)
    rows = []
    if hook is not None:
        first = local.floors.get((order.hook, order.again), 0.0)
        values = (hook, int(order.again), order.count, local.owner, first)
        with local.claims(order.hook):
            rows = await session.fetch(_CLAIM, *values)
        local.clock.told(rows[0][7])
    later = math.inf if not rows or rows[0][6] is None else rows[0][6]
    local.floors[order.hook, order.again] = min(later, local.now - _LONGEST)
    found = [row for row in rows if row[0] is not None]
    runs = [row[1] for row in found]
    local.dispatcher.claimed(order, runs, later, local.now)
    local.count_claimed(order.hook, order.again, len(runs))
    for row in found:
        local.holding[row[1]] = Held(row[2], order.hook, order.again, row[4])
        local.changed(row[1])
    return [Assignment(row[1], order.hook, row[2], row[3], row[5]) for row in found]

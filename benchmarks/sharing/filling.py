"""Runs that wait, as many as asked for: copies of one that a gateway has accepted."""

from __future__ import annotations

from benchmarks.processes import PeerError
from benchmarks.sharing.database import ask
from tests.support.postgres import Server

_FILL = """WITH model AS (SELECT r.*, p.invocation FROM gateway.run r JOIN gateway.payload p
        USING (seq) JOIN gateway.hook h ON h.number=r.hook WHERE h.name=$1 LIMIT 1),
    made AS (INSERT INTO gateway.run(id, hook, state, due, accepted, give_up, gate, size)
        SELECT uuidv7(), hook, 1, now() + make_interval(secs => $3 + place * 0.00001), now(),
            now() + interval '4 days', gate, size
        FROM model, generate_series(1, $2) AS place ORDER BY place RETURNING seq)
    INSERT INTO gateway.payload SELECT made.seq, invocation FROM made, model"""
_TABLES = ("run", "payload")


def fill(server: Server, database: str, hook: str, count: int, after: float = 0) -> None:
    """Add so many runs of a hook in one transaction. They are due so many seconds after it begins,
    one by one as when they are accepted, a hundred thousand a second.
    """
    ask(server, database, _FILL, hook, count, after)
    for table in _TABLES:
        # As after any day: one transaction with a million runs is not what statistics expect.
        ask(server, database, f"VACUUM (ANALYZE) gateway.{table}")
    [(found,)] = ask(
        server, database, "SELECT count(*) FROM gateway.run WHERE state=1 AND attempts=0"
    )
    if not found:
        raise PeerError(f"there is no run of {hook} to copy")

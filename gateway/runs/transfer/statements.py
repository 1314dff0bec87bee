"""What a move asks of a database, and writes to it."""

from __future__ import annotations

from gateway.runs.postgres.owners import SILENT
from gateway.runs.transfer.rows import COLUMNS, TIMES
from gateway.runs.transfer.store import BATCH, BYTES


def _milliseconds(name: str) -> str:
    return f"round(extract(epoch FROM {name})*1000)::bigint"


_NAMES = ", ".join(_milliseconds(f"r.{name}") if name in TIMES else f"r.{name}" for name in COLUMNS)
RUNS = f"""WITH part AS (SELECT seq, sum(size) OVER (ORDER BY seq) AS total FROM
        (SELECT seq, size FROM gateway.run WHERE seq > $1 ORDER BY seq LIMIT {BATCH}) AS next)
    SELECT h.name, p.invocation, o.answer, {_NAMES} FROM part JOIN gateway.run r USING (seq)
    JOIN gateway.hook h ON h.number=r.hook LEFT JOIN gateway.payload p USING (seq)
    LEFT JOIN gateway.outputs o USING (seq)
    WHERE total <= {BYTES} OR seq=(SELECT min(seq) FROM part) ORDER BY seq"""
ATTEMPTS = f"""SELECT seq, number, {_milliseconds("started")}, outcome, duration_ms, status_code,
    reason FROM gateway.attempt WHERE seq BETWEEN $1 AND $2 ORDER BY seq, number"""
KEYS = f"""SELECT h.name, d.key, d.run, {_milliseconds("d.expires")}, d.state FROM gateway.dedup d
    JOIN gateway.hook h ON h.number=d.hook LEFT JOIN gateway.run r ON r.id=d.run
    WHERE (h.name COLLATE "C", d.key) > ($1 COLLATE "C", $2)
    AND (d.state IS NOT NULL OR r.id IS NOT NULL)
    ORDER BY h.name COLLATE "C", d.key LIMIT {BATCH}"""
PUT_KEYS = """INSERT INTO gateway.dedup(hook, key, run, expires, state)
    SELECT * FROM unnest($1::int[], $2::bytea[], $3::uuid[], $4::timestamptz[], $5::smallint[])
    ON CONFLICT (hook, key) DO UPDATE SET run=EXCLUDED.run, expires=EXCLUDED.expires,
    state=EXCLUDED.state"""
USERS = f"""SELECT name FROM gateway.owner
    WHERE NOT ended AND seen > now() - interval '{SILENT} s' ORDER BY id"""
META = "INSERT INTO gateway.meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value=$2"
TABLES = "gateway.run, gateway.payload, gateway.outputs, gateway.attempt, gateway.dedup"
LAST = "SELECT coalesce(max(seq), 0) FROM gateway.run"
GO_ON = "SELECT setval(pg_get_serial_sequence('gateway.run', 'seq'), $1)"

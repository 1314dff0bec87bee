-- Times are integer milliseconds of the store's clock.
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE hook(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE run(
  seq         INTEGER PRIMARY KEY,           -- order of acceptance
  id          BLOB NOT NULL,
  hook        INTEGER NOT NULL,
  state       INTEGER NOT NULL,              -- 0 waiting 1 queued 2 running 4 succeeded 5 dead 6 cancelled
  class       INTEGER NOT NULL DEFAULT 0,    -- 0 first attempt, 1 retry or replay
  due         INTEGER,                       -- while queued
  attempts    INTEGER NOT NULL DEFAULT 0,    -- started ones; only grows: the fence
  tries       INTEGER NOT NULL DEFAULT 0,    -- those that the schedule counts
  interrupted INTEGER NOT NULL DEFAULT 0,
  owner       INTEGER,                       -- while running: a session's number
  accepted    INTEGER NOT NULL,
  give_up     INTEGER NOT NULL,
  started     INTEGER,                       -- when the last attempt was
  finished    INTEGER,
  expires     INTEGER,
  lane        BLOB,
  key         BLOB,
  gate        BLOB NOT NULL,
  status_code INTEGER,
  reason      TEXT NOT NULL DEFAULT '',
  duration_ms INTEGER,
  replay_of   BLOB,
  size        INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX run_id ON run(id);
CREATE INDEX run_waiting ON run(hook, class)             WHERE state = 0;
CREATE INDEX run_due     ON run(hook, class, due, seq)   WHERE state = 1;
CREATE INDEX run_running ON run(owner, seq)              WHERE state = 2;
CREATE INDEX run_lane    ON run(hook, lane, state, seq)  WHERE lane IS NOT NULL;
CREATE INDEX run_hook    ON run(hook, seq);
CREATE INDEX run_dead    ON run(seq)                     WHERE state = 5;
CREATE INDEX run_dead_of ON run(hook, seq)               WHERE state = 5;
CREATE INDEX run_give_up ON run(give_up)                 WHERE state < 2;
CREATE INDEX run_expires ON run(expires)                 WHERE expires IS NOT NULL;
-- Apart from the run: a change of state never rewrites a body.
CREATE TABLE payload(seq INTEGER PRIMARY KEY, invocation BLOB NOT NULL) STRICT;
CREATE TABLE outputs(seq INTEGER PRIMARY KEY, answer BLOB NOT NULL) STRICT;
-- Attempts that ended without success; the last one is in the run as well.
CREATE TABLE attempt(
  seq INTEGER, number INTEGER, started INTEGER NOT NULL, outcome TEXT NOT NULL,
  duration_ms INTEGER, status_code INTEGER, reason TEXT NOT NULL,
  PRIMARY KEY(seq, number)) STRICT, WITHOUT ROWID;
-- No index on expires: it is swept by primary key. A finished run that is purged before its key
-- expires leaves its id and state here.
CREATE TABLE dedup(
  hook INTEGER, key BLOB, seq INTEGER NOT NULL, expires INTEGER NOT NULL, run BLOB, state INTEGER,
  PRIMARY KEY(hook, key)) STRICT, WITHOUT ROWID;

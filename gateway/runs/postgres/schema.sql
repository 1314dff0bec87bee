-- What gateways share. Times are those of the database alone.
CREATE TABLE gateway.meta(name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE gateway.hook(
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
-- The processes that run attempts: one that is not here has ended. `since` is when it was last heard
-- of again after a gap, `takes` whether it is given runs. `told` are its numbers, for the operators of
-- its gateway: one that has left (`ended`) stays for its last ones until it is silent for long.
CREATE TABLE gateway.owner(
  id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name  text NOT NULL,
  gateway text NOT NULL,
  told  bytea NOT NULL,
  takes boolean NOT NULL,
  ended boolean NOT NULL DEFAULT false,
  seen  timestamptz NOT NULL,
  since timestamptz NOT NULL) WITH (fillfactor=50);
CREATE TABLE gateway.run(
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- order of acceptance
  id          uuid NOT NULL,
  hook        integer NOT NULL,
  state       smallint NOT NULL,            -- 0 waiting 1 queued 2 running 4 succeeded 5 dead 6 cancelled
  class       smallint NOT NULL DEFAULT 0,  -- 0 first attempt, 1 retry or replay
  due         timestamptz,                  -- while queued
  attempts    integer NOT NULL DEFAULT 0,   -- started ones; only grows: the fence
  tries       integer NOT NULL DEFAULT 0,   -- those that the schedule counts
  interrupted integer NOT NULL DEFAULT 0,
  owner       bigint,                       -- while running
  accepted    timestamptz NOT NULL,
  give_up     timestamptz NOT NULL,
  started     timestamptz,                  -- when the last attempt was
  finished    timestamptz,
  expires     timestamptz,
  lane        bytea,
  key         bytea,
  gate        bytea NOT NULL,
  status_code integer,
  reason      text NOT NULL DEFAULT '',
  duration_ms integer,
  replay_of   uuid,
  size        integer NOT NULL)
  WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_cost_delay=0);
CREATE UNIQUE INDEX run_id ON gateway.run(id);
CREATE INDEX run_waiting ON gateway.run(hook, class)           WHERE state = 0;
CREATE INDEX run_due     ON gateway.run(hook, class, due, seq) WHERE state = 1;
CREATE INDEX run_running ON gateway.run(owner, hook, class)    WHERE state = 2;
CREATE INDEX run_lane    ON gateway.run(hook, lane, state, seq)
  WHERE lane IS NOT NULL AND state IN (0, 1, 2, 5);
CREATE INDEX run_hook    ON gateway.run(hook, seq);
CREATE INDEX run_dead    ON gateway.run(hook, seq)             WHERE state = 5;
CREATE INDEX run_give_up ON gateway.run(give_up)               WHERE state < 2;
CREATE INDEX run_expires ON gateway.run(expires)               WHERE expires IS NOT NULL;
-- Apart from the run: a change of state never rewrites a body.
CREATE TABLE gateway.payload(seq bigint PRIMARY KEY, invocation bytea NOT NULL);
CREATE TABLE gateway.outputs(seq bigint PRIMARY KEY, answer bytea NOT NULL);
-- Attempts that ended without success; the last one is in the run as well.
CREATE TABLE gateway.attempt(
  seq bigint, number integer, started timestamptz NOT NULL, outcome text NOT NULL,
  duration_ms integer, status_code integer, reason text NOT NULL, PRIMARY KEY(seq, number));
-- No index on expires: it is swept by primary key. Of a finished run that is purged before its key
-- expires, `state` is what it ended in.
CREATE TABLE gateway.dedup(
  hook integer, key bytea, run uuid NOT NULL, expires timestamptz NOT NULL, state smallint,
  PRIMARY KEY(hook, key)) WITH (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_cost_delay=0);

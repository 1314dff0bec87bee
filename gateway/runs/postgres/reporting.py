"""Ending attempts, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gateway.runs.endings import ended
from gateway.runs.postgres.batches import Batches
from gateway.runs.postgres.link import Link
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.moves import Also, Decide, Step, enter, move
from gateway.runs.postgres.rows import COLUMNS, NOW, Kept, kept
from gateway.runs.postgres.session import Session
from gateway.runs.run import Result, State

# The index of what is running may have a hundred thousand dead entries while somebody reads: it is
# not taken for an expression. Values are found by their place: a join of rows that are not in a
# table compares each of them with each.
_SUCCEED = f"""WITH mine AS (SELECT seq, array_position($1::uuid[], id) AS place FROM gateway.run
        WHERE id = ANY($1::uuid[]) AND state+0=2 AND owner=$8 AND lane IS NULL
        AND attempts=($2::int[])[array_position($1::uuid[], id)] ORDER BY seq FOR UPDATE),
    ended AS (UPDATE gateway.run r SET state=4, tries=tries+1, owner=NULL, finished=now(),
        expires=now() + make_interval(secs => ($3::float8[])[place]),
        status_code=($4::int[])[place], duration_ms=($5::int[])[place],
        reason=($6::text[])[place] FROM mine WHERE r.seq=mine.seq AND r.state+0=2
        RETURNING r.seq, r.id, place, extract(epoch FROM r.accepted)::float8 AS accepted),
    kept AS (INSERT INTO gateway.outputs SELECT seq, ($7::bytea[])[place] FROM ended
        WHERE ($7::bytea[])[place] IS NOT NULL)
    SELECT id::text, accepted, {NOW} FROM ended"""
_FIND = f"SELECT {COLUMNS} FROM gateway.run WHERE id = ANY($1::uuid[])"
_ANSWER = """INSERT INTO gateway.outputs
    SELECT seq, answer FROM unnest($1::bigint[], $2::bytea[]) AS g(seq, answer)"""


def reports(local: LocalState, link: Link) -> Batches[Result, bool]:
    """What ends attempts. Nobody needs to be told of a result for which nobody waits any more."""
    reporting = Reporting(local)
    return Batches(
        [link],
        reporting.write,
        lambda result: len(result.answer or b""),
        lambda _result, _kept: None,
        reporting.failed,
    )


class Reporting:
    """Results of this process. One whose fate is not known is told again: `doubted`."""

    def __init__(self, local: LocalState) -> None:
        self._local = local
        self._doubted: set[tuple[str, int]] = set()

    def failed(self, results: Sequence[Result]) -> None:
        """Nobody knows whether these were written."""
        self._doubted |= {(one.run, one.attempt) for one in results}

    async def write(self, session: Session, results: Sequence[Result]) -> list[bool]:
        """End attempts; whether each was this process's."""
        if len({one.run for one in results}) < len(results):
            # Two attempts of one run: the earlier one is late.
            half = len(results) // 2
            first = await self.write(session, results[:half])
            return first + await self.write(session, results[half:])
        short = {one.run: one for one in results if self._is_short(one)}
        done = await self._succeed(session, list(short.values())) if short else set()
        rest = {one.run: one for one in results if one.run not in done}
        if rest:
            done |= await self._end(session, rest)
        return [self._known(one, one.run in done) for one in results]

    def _is_short(self, result: Result) -> bool:
        """Whether it ends as most do: in one statement what `endings.ended` says."""
        held = self._local.holding.get(result.run)
        return (
            result.outcome == "succeeded"
            and held is not None
            and held.attempt == result.attempt
            and not held.in_lane
        )

    async def _succeed(self, session: Session, results: Sequence[Result]) -> set[str]:
        local = self._local
        keep = [local.policy(local.holding[one.run].hook).keep_succeeded for one in results]
        rows = await session.fetch(
            _SUCCEED,
            [one.run for one in results],
            [one.attempt for one in results],
            keep,
            [one.status_code for one in results],
            [one.duration_ms for one in results],
            [one.reason for one in results],
            [one.answer for one in results],
            local.owner,
        )
        by_run = {one.run: one for one in results}
        for run, accepted, now in rows:
            self._succeeded(by_run[run], accepted, now)
        return {row[0] for row in rows}

    def _succeeded(self, result: Result, accepted: float, now: float) -> None:
        local = self._local
        held = local.holding.get(result.run)
        hook = held.hook if held else ""
        local.clock.told(now)
        local.let_go(result.run, result.attempt, result.blames_target, result.duration_ms / 1000)
        self._count(hook, result)
        local.counts.finished[hook][State.SUCCEEDED] += 1
        local.counts.latency_seconds[hook].add(now - accepted)
        local.changed(result.run)

    async def _end(self, session: Session, results: dict[str, Result]) -> set[str]:
        """The runs whose attempts ended by these."""
        rows = [kept(row) for row in await session.fetch(_FIND, list(results))]
        mine = {run.seq: run for run in rows if self._is_mine(run, results[run.id])}
        ended = {run.id for run in rows if run.seq not in mine and self._was_told(run, results)}
        if not mine:
            return ended
        lanes = {(run.hook, run.lane) for run in mine.values() if run.lane is not None}
        decide, also = self._decide(results), self._answers(results)
        moved = await move(session, self._local, list(mine), decide, lanes, also)
        enter(self._local, moved)
        for step in moved.steps:
            if step.ended:
                self._note(step, results[step.run.id])
                ended.add(step.run.id)
        return ended

    def _decide(self, results: dict[str, Result]) -> Decide:
        def decide(run: Kept, now: float) -> Step | None:
            result = results[run.id]
            if not self._is_mine(run, result):
                return None
            policy = self._local.policy(self._local.names.name(run.hook))
            to = ended(run.standing, result, policy, now)
            counts = result.outcome not in ("interrupted", "held")
            return Step(
                run=run,
                to=to,
                ended=True,
                outcome="" if to.state is State.SUCCEEDED else result.outcome,
                reason=result.reason,
                code=result.status_code,
                took=result.duration_ms,
                blamed=result.blames_target if counts else None,
            )

        return decide

    def _answers(self, results: dict[str, Result]) -> Also:
        async def keep(session: Session, steps: Sequence[Step]) -> None:
            pairs = [
                (step.run.seq, answer)
                for step in steps
                if step.to.state is State.SUCCEEDED
                and (answer := results[step.run.id].answer) is not None
            ]
            if pairs:
                seqs, answers = zip(*pairs, strict=True)
                await session.fetch(_ANSWER, list(seqs), list(answers))

        return keep

    def _note(self, step: Step, result: Result) -> None:
        local, hook = self._local, self._local.names.name(step.run.hook)
        self._count(hook, result)
        if result.outcome == "held" and not result.delay:
            local.dispatcher.hold(hook, local.now, result.reason)
        if result.pause_target:
            local.dispatcher.pause(hook, local.now, result.pause_target)

    def _count(self, hook: str, result: Result) -> None:
        self._local.counts.attempts[hook][result.outcome] += 1
        if result.duration_ms:
            self._local.counts.attempt_seconds[hook].add(result.duration_ms / 1000)

    def _is_mine(self, run: Kept, result: Result) -> bool:
        """The fence: the attempt is in flight, and this process's."""
        return (
            run.state is State.RUNNING
            and run.owner == self._local.owner
            and run.attempts == result.attempt
        )

    def _was_told(self, run: Kept, results: dict[str, Result]) -> bool:
        """Whether it was this very result that ended the attempt, and only its answer was lost."""
        result = results[run.id]
        return (
            (result.run, result.attempt) in self._doubted
            and run.attempts == result.attempt
            and run.state is not State.RUNNING
            and run.status_code == result.status_code
        )

    def _known(self, result: Result, kept: bool) -> bool:
        self._doubted.discard((result.run, result.attempt))
        self._local.let_go(result.run, result.attempt)
        if not kept:
            self._local.counts.late += 1
        return kept


def storable(result: Result) -> Result:
    """A result with a reason that the database takes: no NUL, and no half of a letter."""
    reason = result.reason.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    return result if reason == result.reason else msgspec.structs.replace(result, reason=reason)

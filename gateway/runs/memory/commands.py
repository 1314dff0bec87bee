"""What operators do to runs and ask about them."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice

from gateway.ids import uuid7
from gateway.runs.changes import NAMED
from gateway.runs.counts import of_target
from gateway.runs.endings import cancelled, replayed
from gateway.runs.memory.row import Row
from gateway.runs.memory.table import UNFINISHED, Table
from gateway.runs.run import FINAL, Outcome, State
from gateway.runs.selection import Changed, Page, Query, Selection
from gateway.runs.stats import HookStats, Stats

LONGEST_PAGE = 200


def records(table: Table, query: Query) -> Page:
    """Runs, newest first."""
    before = int(query.after) if query.after else None
    newest = sorted(table.rows.values(), key=lambda row: row.seq, reverse=True)
    found = (row for row in newest if row.answers(query) and (before is None or row.seq < before))
    limit = min(query.limit, LONGEST_PAGE)
    rows = list(islice(found, limit + 1))
    more = str(rows[limit - 1].seq) if len(rows) > limit else ""
    return Page(tuple(row.record(held(table, row)) for row in rows[:limit]), more)


def held(table: Table, row: Row) -> str:
    """Why the runs of the row's hook are not claimed."""
    return table.dispatcher.agenda.queue(row.hook).held(table.now())


def replay(table: Table, which: Selection, anew: bool) -> Changed:
    """Let finished runs go on, or start copies of them."""
    fit = FINAL if anew else FINAL - {State.SUCCEEDED}
    change = _copy if anew else _go_on
    return _change(table, which, lambda row: row.state in fit, change)


def _go_on(table: Table, row: Row) -> str:
    policy = table.policy(row.hook)
    table.move(row, replayed(policy, table.now(), waits=table.must_wait(row)))
    return row.id


def _copy(table: Table, row: Row) -> str:
    copy = Row(
        seq=table.number(),
        id=uuid7(),
        hook=row.hook,
        invocation=row.invocation,
        gate=row.gate,
        accepted=table.now(),
        give_up=0,
        lane=row.lane,
        replay_of=row.id,
    )
    copy.take(replayed(table.policy(row.hook), table.now(), waits=table.must_wait(copy)))
    table.insert(copy)
    return copy.id


def cancel(table: Table, which: Selection, stop: Callable[[int, str, int], None]) -> Changed:
    """End runs that are unfinished, or dead and asked for or in the way.
    `stop(session, run, attempt)` is called for each that is running.
    """

    def fits(row: Row) -> bool:
        if which.state is State.DEAD:
            return row.state is State.DEAD
        holds = row.lane is not None and table.ordered(row) == "hold"
        return row.state in UNFINISHED or (holds and row.state is State.DEAD)

    def end(_table: Table, row: Row) -> str:
        move = cancelled(row.standing, table.policy(row.hook), table.now())
        owner = row.owner
        if owner:
            row.end("cancelled", move.reason or "")
        table.move(row, move)
        if owner:
            stop(owner, row.id, row.attempts)
        return row.id

    return _change(table, which, fits, end)


def _change(
    table: Table,
    which: Selection,
    fits: Callable[[Row], bool],
    change: Callable[[Table, Row], str],
) -> Changed:
    after, last = _cursor(table, which)
    found = [row for row in _selected(table, which) if fits(row) and after < row.seq <= last]
    chosen = found if which.runs or not which.limit else found[: which.limit]
    fit = [row for row in chosen if which.gate in (None, row.gate)]
    done = [] if which.dry_run else [change(table, row) for row in fit if fits(row)]
    return Changed(
        matched=len(chosen),
        changed=len(done),
        gate_differs=len(chosen) - len(fit),
        runs=tuple(done[:NAMED]),
        next=f"{chosen[-1].seq}-{last}" if len(chosen) == which.limit and chosen else "",
    )


def _cursor(table: Table, which: Selection) -> tuple[float, float]:
    """Behind which run to begin, and which is the last one that was there at the beginning."""
    if which.runs:
        return 0, math.inf
    if which.after:
        after, _, last = which.after.partition("-")
        return int(after), int(last)
    return 0, max((row.seq for row in table.rows.values()), default=0)


def _selected(table: Table, which: Selection) -> list[Row]:
    if which.runs:
        return [row for run in dict.fromkeys(which.runs) if (row := table.rows.get(run))]
    return [row for row in table.rows.values() if row.answers(which)]


def stats(table: Table) -> Stats:
    """Counts and gauges."""
    refused = {name: n for (what, name), n in table.counts.items() if what == "refused"}
    agenda, now = table.dispatcher.agenda, table.now()
    return Stats(
        engine="memory",
        hooks={hook: _of_hook(table, hook) for hook in agenda.queues},
        targets={name: of_target(one, now) for name, one in agenda.targets.items()},
        runs=table.unfinished,
        clock=table.now(),
        late_results=table.counts["late", ""],
        interrupted=sum(n for (what, _), n in table.counts.items() if what == "interrupted"),
        refused=refused,
    )


def _of_hook(table: Table, hook: str) -> HookStats:
    queue, now = table.dispatcher.agenda.queue(hook), table.now()
    outcomes: list[Outcome] = ["succeeded", "retry", "dead", "interrupted", "held"]
    oldest = min(queue.due)
    return HookStats(
        states={state: n for state, n in queue.counts.items() if n},
        oldest_due=oldest if oldest <= now else None,
        held=queue.held(now),
        rate_limited=queue.rate_limited(now),
        accepted=table.counts["accepted", hook],
        duplicates=table.counts["duplicates", hook],
        attempts={one: n for one in outcomes if (n := table.counts[one, hook])},
        finished={state: n for state in FINAL if (n := table.finished[hook, state])},
    )

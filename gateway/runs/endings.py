"""What moves a run from one state to another, as values; engines write them down."""

from __future__ import annotations

import msgspec

from gateway.runs.run import Policy, Result, State
from gateway.runs.schedule import spread

INTERRUPTIONS = 5
"""After so many workers that ended during its attempts, a run is dead: it may be what ends them."""
_AT_ONCE = 3
"""So many interruptions make a run due at once, further ones by its schedule."""
EXPIRED = "the run was not delivered before it had to be given up"
INTERRUPTED = "the gateway ended during the attempt"
POISONOUS = f"the gateway ended during {INTERRUPTIONS} attempts"
CANCELLED = "an operator cancelled the run"
CANCELLED_RUNNING = "an operator cancelled the run during an attempt, which may have had an effect"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What of a run decides where it goes. `again` is whether it is of the class of retries."""

    state: State
    again: bool
    tries: int
    interrupted: int
    give_up: float


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run goes. `due` is there for QUEUED alone, `finished` and `expires` for final states;
    `reason` is None where that of the last attempt stays.
    """

    state: State
    again: bool
    tries: int
    interrupted: int
    give_up: float
    due: float | None = None
    finished: float | None = None
    expires: float | None = None
    reason: str | None = None


def ended(run: Standing, result: Result, policy: Policy, now: float) -> Move:
    """An attempt ended, and its worker said how. Nothing is queued for a time at which it would be
    given up.
    """
    match result.outcome:
        case "succeeded":
            return _final(run, State.SUCCEEDED, policy.keep_succeeded, now, result.reason, 1)
        case "retry" if now + result.delay < run.give_up:
            return _queued(run, now + result.delay, result.reason, tries=run.tries + 1)
        case "dead" | "retry":
            return _final(run, State.DEAD, policy.keep_dead, now, result.reason, 1)
        case "interrupted" if now < run.give_up:
            return _queued(run, now, result.reason)
        case "held" if now + result.delay < run.give_up:
            return _queued(run, now + result.delay, result.reason, again=run.again)
        case "interrupted" | "held":
            return expired(run, policy, now)


def lost(run: Standing, policy: Policy, now: float, share: float) -> Move:
    """An attempt's worker is gone, and nobody knows how it ended. `share` is random in [0, 1)."""
    run = msgspec.structs.replace(run, interrupted=run.interrupted + 1)
    if run.interrupted >= INTERRUPTIONS:
        return _final(run, State.DEAD, policy.keep_dead, now, POISONOUS)
    first = policy.after[0] if policy.after else 0.0
    due = now if run.interrupted <= _AT_ONCE else now + spread(first, share)
    return expired(run, policy, now) if due >= run.give_up else _queued(run, due, INTERRUPTED)


def expired(run: Standing, policy: Policy, now: float) -> Move:
    """The run was not delivered in time."""
    return _final(run, State.DEAD, policy.keep_dead, now, EXPIRED)


def cancelled(run: Standing, policy: Policy, now: float) -> Move:
    """An operator ended the run."""
    reason = CANCELLED_RUNNING if run.state is State.RUNNING else CANCELLED
    return _final(run, State.CANCELLED, policy.keep_dead, now, reason)


def replayed(policy: Policy, now: float, *, waits: bool) -> Move:
    """An operator lets a run go on; `waits` behind another one of its lane."""
    return Move(
        state=State.WAITING if waits else State.QUEUED,
        again=True,
        tries=0,
        interrupted=0,
        give_up=now + policy.give_up,
        due=None if waits else now,
    )


def promoted(run: Standing, now: float) -> Move:
    """The run is the head of its lane now."""
    return _queued(run, now, None, again=run.again)


def _queued(
    run: Standing,
    due: float,
    reason: str | None,
    *,
    again: bool = True,
    tries: int | None = None,
) -> Move:
    return Move(
        state=State.QUEUED,
        again=again,
        tries=run.tries if tries is None else tries,
        interrupted=run.interrupted,
        give_up=run.give_up,
        due=due,
        reason=reason,
    )


def _final(
    run: Standing, state: State, keep: float, now: float, reason: str, counted: int = 0
) -> Move:
    return Move(
        state=state,
        again=run.again,
        tries=run.tries + counted,
        interrupted=run.interrupted,
        give_up=run.give_up,
        finished=now,
        expires=now + keep,
        reason=reason,
    )

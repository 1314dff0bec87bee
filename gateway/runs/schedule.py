"""What the end of an attempt means for its run: succeeded, dead, or again, and when."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec

from gateway.runs.run import Outcome

PERMANENT = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 417, 422, 431, 451, 501})
"""Status codes after which another attempt with the same data would end in the same way."""
LONGEST_PAUSE = 3600.0
"""Seconds; a longer `Retry-After` counts as this."""
_ASKS = frozenset({429, 503})
"""With these, `Retry-After` is about the next attempt (RFC 6585 §4, RFC 9110 §15.6.4)."""
BLAMED = frozenset({429, 502, 503, 504})
"""Status codes that say something about the target, and not about one run."""
_SPREAD = 0.2


class Schedule(msgspec.Struct, frozen=True):
    """The attempts of a hook's runs: delays in seconds, and the status codes that end a run."""

    after: tuple[float, ...]
    permanent: frozenset[int] = PERMANENT


class Ended(msgspec.Struct, frozen=True):
    """How an attempt ended. `status_code` is None where there was no answer, or none in time.

    `asked` is whether the target was asked at all, `whole` whether its answer was read to its end.
    `retry_after` is the field as received.
    """

    status_code: int | None = None
    asked: bool = True
    whole: bool = True
    retry_after: bytes | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What is to be done: `delay`, `blames_target` and `pause_target` are those of a `Result`."""

    outcome: Outcome
    delay: float = 0
    blames_target: bool = False
    pause_target: float = 0


def verdict(schedule: Schedule, tries: int, ended: Ended, wall: float, share: float) -> Verdict:
    """What an attempt's end means after `tries` others that counted.

    `wall` is the time of day in seconds since the epoch, which dates in `Retry-After` are compared
    with; `share` is a random number in [0, 1).
    """
    code = ended.status_code
    if code is not None and 200 <= code < 300 and ended.whole:
        return Verdict("succeeded")
    pause = retry_after(ended.retry_after, wall) if code in _ASKS else 0.0
    blamed = ended.asked and (code is None or code in BLAMED)
    if (code in schedule.permanent and ended.whole) or tries >= len(schedule.after):
        return Verdict("dead", 0, blamed, pause)
    return Verdict("retry", max(spread(schedule.after[tries], share), pause), blamed, pause)


def spread(seconds: float, share: float) -> float:
    """The delay, up to a fifth longer or shorter, so that what failed together is not repeated
    together.
    """
    return seconds * (1 - _SPREAD + 2 * _SPREAD * share)


def retry_after(value: bytes | None, wall: float) -> float:
    """The seconds that a `Retry-After` asks for: a number or a date (RFC 9110 §10.2.3).

    0 for what is neither or lies in the past, at most LONGEST_PAUSE.
    """
    if value is None:
        return 0.0
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), LONGEST_PAUSE))
    return min(max(_date(text) - wall, 0.0), LONGEST_PAUSE)


def _date(text: str) -> float:
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, IndexError, TypeError):
        return 0.0

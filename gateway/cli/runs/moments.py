"""Points in time as operators type them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import click

from gateway.language.quantities import parse_duration


class Moment(click.ParamType[str]):
    """`2h` ago, `10:30` of the last 24 hours, or a date or a time in ISO 8601; the value is in UTC.
    What has no offset is of this machine's time zone. A date is its first moment.
    """

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        found = _ago(value) or _clock(value) or _written(value)
        if found is None:
            self.fail(
                f"{value!r} is not a time such as 2h, 10:30, 2026-11-26 or 2026-11-26T10:30Z",
                param,
                ctx,
            )
        return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ago(text: str) -> datetime | None:
    try:
        return datetime.now(UTC) - timedelta(seconds=parse_duration(text))
    except (ValueError, OverflowError):
        return None


def _clock(text: str) -> datetime | None:
    """The last time that the clock showed this."""
    if ":" not in text or "-" in text:
        return None
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        return None
    now = datetime.now().astimezone()
    today = datetime.combine(now.date(), hour).astimezone(now.tzinfo)
    return today if today <= now else today - timedelta(days=1)


def _written(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return None


MOMENT = Moment()

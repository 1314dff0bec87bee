"""Every form of a time that the documentation names is understood as it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import tzset

import pytest

from gateway.cli.runs.moments import MOMENT


@pytest.fixture(autouse=True)
def east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is five hours ahead of UTC, without a summer time."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST-05")
        tzset()
        yield
    tzset()


def read(text: str) -> str:
    return MOMENT.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-26", "2026-11-25T19:00:00.000Z"),
        ("2026-11-26T10:30", "2026-11-26T05:30:00.000Z"),
        ("2026-11-26 10:30:15", "2026-11-26T05:30:15.000Z"),
        ("2026-11-26T10:30Z", "2026-11-26T10:30:00.000Z"),
        ("2026-11-26T10:30+01:00", "2026-11-26T09:30:00.000Z"),
    ],
)
def test_a_date_and_a_time_without_an_offset_are_of_this_machine(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize("text", ["30s", "90m", "2h", "14d"])
def test_a_duration_is_that_long_ago(text: str) -> None:
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[text[-1]]
    wanted = datetime.now(UTC) - timedelta(**{unit: int(text[:-1])})
    assert abs(datetime.fromisoformat(read(text)) - wanted) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["00:00", "10:30", "10:30:15", "23:59"])
def test_a_time_of_day_is_the_last_one_on_this_machine(text: str) -> None:
    found = datetime.fromisoformat(read(text))
    local = found.astimezone()
    assert local.strftime("%H:%M:%S").startswith(text)
    assert timedelta() <= datetime.now(UTC) - found < timedelta(days=1, minutes=1)

"""Durations and sizes mean what they say, and nothing else is one."""

from __future__ import annotations

import pytest

from gateway.language.quantities import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"), [("250ms", 0.25), ("10s", 10), ("5m", 300), ("24h", 86400), ("7d", 604800)]
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "size"), [("512", 512), ("64KiB", 65536), ("1MiB", 1048576), ("2GiB", 2147483648)]
)
def test_a_size_is_bytes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "10", "s", "1.5s", "-1s", "10 s", "10s\n", "\u0661s", "9" * 10 + "s"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "KiB", "1KB", "1kib", "-1", "1 MiB", "1MiB\n", "\u0661"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)

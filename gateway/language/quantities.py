"""Durations and sizes as authors write them."""

from __future__ import annotations

import re

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}

_DURATION = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)", re.ASCII)
_SIZE = re.compile(r"([0-9]{1,12})(KiB|MiB|GiB|)", re.ASCII)


def parse_duration(text: str) -> float:
    """Seconds of `250ms`, `10s`, `5m`, `24h`, `7d`. Raises ValueError for anything else."""
    if (found := _DURATION.fullmatch(text)) is None:
        raise ValueError(f"{text!r} is not a duration such as 250ms, 10s or 5m")
    return int(found[1]) * _SECONDS[found[2]]


def parse_rate(text: str) -> tuple[int, float]:
    """The number and the seconds of `100/1m`. Raises ValueError for anything else."""
    count, _, time = text.partition("/")
    return int(count), parse_duration(time)


def parse_size(written: str | int) -> int:
    """Bytes of `512`, `64KiB`, `1MiB`. Raises ValueError for anything else."""
    text = str(written)
    if (found := _SIZE.fullmatch(text)) is None:
        raise ValueError(f"{text!r} is not a size such as 512, 64KiB or 1MiB")
    return int(found[1]) * _BYTES[found[2]]

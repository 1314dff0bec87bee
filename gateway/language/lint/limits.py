"""Limits on callers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from gateway.language.mistake import Mistake
from gateway.language.quantities import parse_rate, parse_size
from gateway.language.spec import Hook

MAX_BODY = 25 * 1024 * 1024
"""Bytes: a body is held in memory until the workflow has it."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Limits that are too wide, and one that another leaves without effect."""
    limits = hook.limits
    if limits is UNSET:
        return
    if limits.body is not UNSET and parse_size(limits.body) > MAX_BODY:
        message = f"'body' must be at most 25MiB, not {limits.body}"
        hint = "let the sender store larger data and send its location"
        yield Mistake("bad-limit", ("limits", "body"), message, hint)
    if limits.rate is UNSET or limits.rate_per_client is UNSET:
        return
    if _never_reached(limits.rate_per_client, limits.rate):
        message = f"'rate_per_client' has no effect: all callers together may send {limits.rate}"
        hint = "make it less than 'rate', or remove it"
        yield Mistake("unreachable", ("limits", "rate_per_client"), message, hint, on="key")


def _never_reached(client: str, everybody: str) -> bool:
    """Whether the first rate allows all that the second does, at once and over time."""
    (count, seconds), (most, window) = parse_rate(client), parse_rate(everybody)
    return count >= most and count / seconds >= most / window

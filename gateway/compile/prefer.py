"""What a caller asks for with `Prefer`: how long to wait for the outcome (RFC 7240)."""

from __future__ import annotations

import re

import msgspec

from gateway.compile.exchange import Exchange

LONGEST = 30
"""Seconds that nobody waits longer than, whatever is asked for."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_WORD = rb'(?:%b|"(?:[^"\\]|\\.)*+")' % _TOKEN
_NAMED = rb"%b(?:[ \t]*+=[ \t]*+%b?+)?+" % (_TOKEN, _WORD)
_PREFERENCE = re.compile(
    rb"(?P<name>%b)(?:[ \t]*+=[ \t]*+(?P<value>%b)?+)?+(?:[ \t]*+;[ \t]*+(?:%b)?+)*+"
    rb"[ \t]*+(?=,|$)" % (_TOKEN, _WORD, _NAMED)
)
_BETWEEN = re.compile(rb"[ \t,]*+")
_BEYOND = re.compile(rb"[^,]*+")
_SECONDS = re.compile(rb'(?P<quote>"?)0*+(?P<digits>\d*+)(?P=quote)')


class Preference(msgspec.Struct, frozen=True):
    """What counts of the preferences of one request. `wait` is in seconds, None where nothing is
    said of it; `at_once`: without a `wait`, the answer is wanted now.
    """

    at_once: bool = False
    wait: int | None = None

    def seconds(self, usual: float) -> float:
        """How long the caller waits; `usual` where it does not say."""
        if self.wait is not None:
            return self.wait
        return 0.0 if self.at_once else usual

    @property
    def applied(self) -> bytes:
        """The value of `Preference-Applied` (RFC 7240 §3), empty where nothing was asked for."""
        named = [b"respond-async"] if self.at_once else []
        if self.wait is not None:
            named.append(b"wait=%d" % self.wait)
        return b", ".join(named)


NO_PREFERENCE = Preference()


def preference_of(exchange: Exchange) -> Preference:
    """The preferences of a request. What is malformed or unknown counts as not there, and of two
    with one name the first is meant (RFC 7240 §2).
    """
    if b"prefer" not in exchange.fields:
        return NO_PREFERENCE
    said = _read(b",".join(exchange.lines(b"prefer")))
    return Preference(said.get(b"respond-async") == b"", _wait(said.get(b"wait")))


def _wait(value: bytes | None) -> int | None:
    seconds = _SECONDS.fullmatch(value) if value else None
    if seconds is None:
        return None
    return LONGEST if len(seconds["digits"]) > 2 else min(int(seconds["digits"] or 0), LONGEST)


def _read(text: bytes) -> dict[bytes, bytes]:
    """The values by name; an empty one is as good as none."""
    said: dict[bytes, bytes] = {}
    at = _after(_BETWEEN, text, 0)
    while at < len(text):
        found = _PREFERENCE.match(text, at)
        if found is not None:
            value = found["value"] or b""
            said.setdefault(found["name"].lower(), b"" if value == b'""' else value)
        at = _after(_BEYOND, text, at) if found is None else found.end()
        at = _after(_BETWEEN, text, at)
    return said


def _after(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """Where something ends that may be nothing."""
    found = pattern.match(text, at)
    return at if found is None else found.end()

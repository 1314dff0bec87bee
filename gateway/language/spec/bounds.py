"""The shortest and the longest duration that a key takes: for checks, and for hints."""

from __future__ import annotations

from msgspec import Meta, Struct

from gateway.language.quantities import parse_duration


class Bounds(Struct, frozen=True):
    """Two durations as authors write them; `most` is empty where there is no longest."""

    least: str
    most: str = ""

    @property
    def meta(self) -> Meta:
        """What lets the schema of a key say its bounds to `of`."""
        return Meta(extra_json_schema={"x-least": self.least, "x-most": self.most})

    @staticmethod
    def of(schema: dict[str, str]) -> Bounds:
        """The bounds of a key by its schema."""
        return Bounds(schema.get("x-least", "0s"), schema.get("x-most", ""))

    def hold(self, duration: str) -> bool:
        """Whether the duration is neither too short nor too long."""
        seconds = parse_duration(duration)
        long = self.most and seconds > parse_duration(self.most)
        return seconds >= parse_duration(self.least) and not long

    def __str__(self) -> str:
        least = "" if parse_duration(self.least) == 0 else f"at least {self.least}"
        return " and ".join(filter(None, (least, self.most and f"at most {self.most}")))


DELAY = Bounds("1s", "30d")
GIVE_UP = Bounds("1s", "30d")
RETENTION = Bounds("1m", "365d")
WITHIN = Bounds("1m", "30d")
WAIT = Bounds("0s", "30s")
TIMEOUT = Bounds("1ms", "5m")
LEEWAY = Bounds("0s", "5m")
TOLERANCE = Bounds("1s")

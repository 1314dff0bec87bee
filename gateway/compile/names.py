"""Which names of a query or a form other programs take for one and the same.

`tenant[]`, `tenant[0]`, `tenant.x`: PHP, Rails, qs and others read all of them as `tenant` or as
a part of it, and PHP reads `my.name` and `my name` as `my_name`, and a name up to its first NUL,
which JSON can have. Here they are names of their own, so that what follows must not treat them as
anybody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Segments = tuple[str, ...]

_MARKS = re.compile(r"[\[\]. \0]")
_BETWEEN = re.compile(r"[\[\].]+")
_INDEX = re.compile(r"[0-9]*", re.ASCII)


class Names:
    """Names that an author has written. The path of a rule is several segments: no name is it.

    `beside` are names that are written elsewhere: what has one of them is taken for nothing else.
    """

    __slots__ = ("_anyway", "_by_head", "_exact", "_without_head")

    def __init__(
        self, written: Iterable[str | Segments], beside: Iterable[str | Segments] = ()
    ) -> None:
        self._exact = {name for name in beside if isinstance(name, str)}
        self._by_head: dict[str, list[tuple[str, Segments]]] = {}
        self._without_head = ""
        for name in written:
            self._add(name if isinstance(name, str) else ".".join(name))
            if isinstance(name, str):
                self._exact.add(name)
        self._anyway = any(_MARKS.search(name) for name in self._exact)

    def _add(self, name: str) -> None:
        for reading in _readings(name):
            if reading:
                self._by_head.setdefault(reading[0], []).append((name, reading))
            else:
                self._without_head = name

    def __contains__(self, name: str) -> bool:
        """Whether a received name is one of these, or would be taken for one."""
        return name in self._exact or self._taken_for(name) is not None

    def taken(self, received: Iterable[str]) -> str | None:
        """The first of these for which one of the received names could be taken, if any."""
        for name in received:
            if name not in self._exact and (found := self._taken_for(name)) is not None:
                return found
        return None

    def all_taken(self, received: Iterable[str]) -> frozenset[str]:
        """All of these for which one of the received names could be taken; paths with dots."""
        return frozenset(
            one
            for name in received
            if name not in self._exact and (self._anyway or _MARKS.search(name))
            for reading in _readings(name)
            for one in self._taken_by(reading)
        )

    def _taken_by(self, reading: Segments) -> Iterator[str]:
        if not reading or self._without_head:
            yield from (name for names in self._by_head.values() for name, _ in names)
            if self._without_head:
                yield self._without_head
            return
        for written, one in self._by_head.get(reading[0], ()):
            if _begins(one, reading) or _begins(reading, one):
                yield written

    def _taken_for(self, name: str) -> str | None:
        if not (self._anyway or _MARKS.search(name)):
            return None
        for reading in _readings(name):
            if not reading or self._without_head:
                return self._without_head or self._any_name()
            for written, one in self._by_head.get(reading[0], ()):
                if _begins(one, reading) or _begins(reading, one):
                    return written
        return None

    def _any_name(self) -> str | None:
        return next((name for names in self._by_head.values() for name, _ in names), None)


NO_NAMES = Names(())


def _readings(name: str) -> Iterator[Segments]:
    """As a path of brackets and dots; and as PHP has it, to which dots and blanks are `_` and
    a NUL is the end.
    """
    yield _named(_BETWEEN.split(name))
    head, *rest = name.partition("\0")[0].split("[")
    head = head.lstrip(" ").replace(".", "_").replace(" ", "_")
    yield _named([head, *_BETWEEN.split("[".join(rest))])


def _named(segments: Iterable[str]) -> Segments:
    """Without indexes: whether one element or all of them are meant says nothing here."""
    return tuple(one for one in segments if not _INDEX.fullmatch(one))


def _begins(one: Segments, other: Segments) -> bool:
    return other[: len(one)] == one

"""A text in which a pattern is found: the plainest one, for people to look at."""

from __future__ import annotations

import re
import string

from gateway.language.patterns import compile_pattern

_TOKEN = re.compile(
    r"(?P<nothing>\^|\$|\\[AbBz]|\(\?[imsU-]+\))"
    r"|(?P<open>\((?:\?(?:P?<\w+>|[imsU-]*:))?)"
    r"|(?P<close>\))"
    r"|(?P<bar>\|)"
    r"|(?P<repeat>[*+?]\??|\{(?P<least>\d+)(?:,\d*)?\}\??)"
    r"|(?P<one>\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]])*\]|\\[pP]\{\^?\w+\}|\\.|\.)"
    r"|(?P<literal>.)",
    re.DOTALL,
)
_LIKELY = "a1A-" + string.printable
_LONGEST = 256


def sample_text(pattern: str) -> str:
    """First alternatives and fewest repetitions of an RE2 expression.

    Best effort: whoever needs it to be true searches the text with the pattern.
    """
    groups: list[_Group] = [_Group()]
    for token in _TOKEN.finditer(pattern):
        kind, written = token.lastgroup, token[0]
        if kind == "open":
            groups.append(_Group())
        elif kind == "close" and len(groups) > 1:
            inner = groups.pop()
            groups[-1].add(inner.text())
        elif kind == "bar":
            groups[-1].complete = True
        elif kind == "repeat":
            groups[-1].repeat(int(token["least"] or written[0] == "+"))
        elif kind in ("one", "literal"):
            groups[-1].add(_one(written) if kind == "one" else written)
    return groups[0].text()


class _Group:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.complete = False

    def add(self, piece: str) -> None:
        if not self.complete:
            self.pieces.append(piece)

    def repeat(self, least: int) -> None:
        if self.pieces and not self.complete:
            self.pieces[-1] *= min(least, _LONGEST // max(len(self.pieces[-1]), 1))

    def text(self) -> str:
        return "".join(self.pieces)


def _one(written: str) -> str:
    """A character that a class or an escape stands for; nothing where none is known."""
    try:
        fits = compile_pattern(f"^(?s:{written})$")
    except ValueError:
        return ""
    return next(filter(fits, _LIKELY), "")

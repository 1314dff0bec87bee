"""The tokens of one expression."""

from __future__ import annotations

import re

from gateway.language.template.tree import BadTemplate, Span

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<sign>\?\?|[?|(),}])
      | (?P<word>[^\s}|?(),'"]*\.'(?:[^']|'')*' | [^\s}|?(),'"]+)
    )""",
    re.VERBOSE,
)


_AFTER_MARK = {
    "|": "write it after the filters",
    "??": "remove it: '??' gives the default",
}
"""What to do about a `?` before a sign."""


class Tokens:
    """The tokens of the expression whose `${` is at `start`, one after the other.

    `token` is the one that is looked at, from `begin` to `end`; `kind` is one of `text`, `sign` and
    `word`.
    """

    __slots__ = ("_text", "begin", "end", "kind", "start", "token")

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self.start = start
        self.begin = start
        self.end = start + 2
        self.token, self.kind = "", ""
        self.advance()

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return self.since(self.begin)

    def since(self, start: int) -> Span:
        """From an offset to the end of the token."""
        return Span(start, self.end, self._text[start : self.end])

    def is_sign(self, sign: str) -> bool:
        """Whether the token is this sign."""
        return self.kind == "sign" and self.token == sign

    def takes(self, sign: str) -> bool:
        """Whether the token is this sign, which is then behind us."""
        if not self.is_sign(sign):
            return False
        self.advance()
        return True

    def advance(self) -> None:
        """Look at the next token. Raises BadTemplate where there is none."""
        found = _TOKEN.match(self._text, self.end)
        if found is None or "${" in (found["word"] or ""):
            raise self._broken()
        self.kind = found.lastgroup or ""
        self.token = found[self.kind]
        self.begin, self.end = found.start(self.kind), found.end()

    def unexpected(self, wanted: str = "", after_mark: bool = False) -> BadTemplate:
        """What is wrong with the token where it stands."""
        message, hint = f"'{self.token}' cannot stand here", ""
        if wanted:
            message = f"{wanted} is missing before '{self.token}'"
            hint = "write a default after '??'" if self.is_sign("|") else ""
        elif after_mark:
            message = "'?' can only be the last character of a template"
            hint = _AFTER_MARK.get(self.token, "write a default after '??'")
        elif self.kind == "word" and not any(map(str.isalnum, self.token)):
            hint = "templates do not calculate or compare"
        elif self.kind == "word":
            hint = "write '|' before a filter, and single quotes around text"
        return fault(self.span, message, hint)

    def _broken(self) -> BadTemplate:
        rest = self._text[self.end :].lstrip()
        at = len(self._text) - len(rest)
        if rest.startswith('"'):
            message = "text in a template is written in single quotes"
            return BadTemplate("bad-template", at, at + 1, message, "write 'text'")
        if rest.startswith("'"):
            message = "this text has no closing quote"
            return BadTemplate("bad-template", at, at + 1, message, "close it", True)
        start, hint = self.start, "write '}', or '$${' for the two characters"
        message = "this '${' is never closed"
        return BadTemplate("bad-template", start, start + 2, message, hint, True)


def fault(span: Span, message: str, hint: str = "") -> BadTemplate:
    """A mistake in the grammar."""
    return BadTemplate("bad-template", span.start, span.end, message, hint)

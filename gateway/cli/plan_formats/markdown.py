"""For a comment on a pull request: a table, and under it what was and what is.

Whoever opens a pull request has written the names and values in it: nothing of them may become
markup, mention anybody, or refer to another issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateway.cli.plan_formats.comparison import Comparison, shortened, summary
from gateway.language.escaping import escaped
from gateway.plan import Entry

MOST = 60_000
"""Characters; GitHub takes 65,536 in a comment, GitLab a million."""

_ZERO_WIDTH_SPACE = "\u200b"
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$]|(?<=:)/|(?<=www)\.")
_REFERENCE = re.compile(r"[@#!]")
_TICKS = re.compile("`+")


def render(comparison: Comparison) -> str:
    """The whole comment; entries that would not fit are counted in its last line."""
    title = f"### Hooks: {summary(comparison)}\n"
    between = f"{_code(comparison.old)} → {_code(comparison.new)}"
    if not comparison.entries:
        return f"{title}\n{between}: the change has no effect on any hook.\n"
    shown = _fitting(comparison.entries)
    left_out = len(comparison.entries) - len(shown)
    more = f"\n{left_out} more are not shown here; see the job's log.\n" if left_out else ""
    return f"{title}\n{between}\n\n{_table(shown)}{more}\n{_details(shown)}"


def _fitting(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    left = MOST
    for number, entry in enumerate(entries):
        left -= len(_row(entry)) + sum(map(len, _detail(entry)))
        if left < 0:
            return entries[:number]
    return entries


def _table(entries: Iterable[Entry]) -> str:
    rows = ["| | hook | what changes | where |", "|---|---|---|---|", *map(_row, entries)]
    return "\n".join(rows) + "\n"


def _row(entry: Entry) -> str:
    level = f"**{entry.level}**" if entry.level == "risk" else entry.level
    place = entry.at or entry.before
    where = f"{place.file}:{place.line}" if place else ""
    cells = (level, _cell(entry.hook), _escaped(entry.message), _cell(where))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Code in a table, where a pipe is escaped even in code (GFM 4.10)."""
    return _code(text).replace("|", "\\|")


def _details(entries: Iterable[Entry]) -> str:
    lines = [line for entry in entries for line in _detail(entry)]
    head = "<details><summary>Before and after</summary>\n"
    return "\n".join([head, *lines, "\n</details>\n"])


def _detail(entry: Entry) -> Iterator[str]:
    yield f"- `{entry.kind}` {_code(entry.hook)}: {_escaped(entry.message)}"
    if entry.was:
        yield f"  - before: {_code(shortened(entry.was))}"
    if entry.now:
        yield f"  - after: {_code(shortened(entry.now))}"


def _escaped(text: str) -> str:
    """Text that shows as it is. A mention is found after the escapes are gone: only a character
    that is not seen keeps it from being one.
    """
    plain = _MARKUP.sub(lambda found: "\\" + found[0], escaped(text))
    return _REFERENCE.sub(lambda found: found[0] + _ZERO_WIDTH_SPACE, plain)


def _code(text: str) -> str:
    """A code span (CommonMark 6.1): its fence is longer than any in the text."""
    shown = escaped(text)
    ticks = "`" * (1 + max(map(len, _TICKS.findall(shown)), default=0))
    padded = f" {shown} " if shown[:1] == "`" or shown[-1:] == "`" else shown
    return f"{ticks}{padded}{ticks}"

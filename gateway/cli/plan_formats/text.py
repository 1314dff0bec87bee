"""For people: a sentence, where it stands, what was and what is."""

from __future__ import annotations

from collections.abc import Iterator

import click

from gateway.cli.plan_formats.comparison import Comparison, shortened, summary
from gateway.language.escaping import escaped
from gateway.plan import Entry

_COLOURS = {"risk": "red", "notice": "yellow", "info": "cyan"}


def render(comparison: Comparison) -> str:
    """All entries with ANSI colours, and a last line that counts them."""
    lines = [line for entry in comparison.entries for line in _entry(entry)]
    grave = next((entry.level for entry in comparison.entries), None)
    last = click.style(summary(comparison), fg=_COLOURS[grave] if grave else "green")
    return "\n".join([*lines, last]) + "\n"


def _entry(entry: Entry) -> Iterator[str]:
    kind = click.style(f"{entry.level}[{entry.kind}]", fg=_COLOURS[entry.level], bold=True)
    yield f"{kind} {click.style(entry.hook, bold=True)}: {escaped(entry.message)}"
    yield f"  {_place(entry)}"
    if entry.was:
        yield click.style(f"  - {shortened(entry.was)}", fg="red")
    if entry.now:
        yield click.style(f"  + {shortened(entry.now)}", fg="green")


def _place(entry: Entry) -> str:
    if entry.at is None:
        return f"was at {escaped(str(entry.before))}"
    if entry.before is None or entry.before == entry.at:
        return escaped(str(entry.at))
    return escaped(f"{entry.at}, was at {entry.before}")

"""A list of runs that is written page by page, as its pages are read."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from gateway.cli.formats.json_text import json_text
from gateway.cli.runs.reaching import Runs
from gateway.cli.runs.tables import show_runs

PAGE = 200


def pages(runs: Runs, query: dict[str, Any], limit: int) -> Iterator[dict[str, Any]]:
    """So many runs, as the gateway answers: `runs` of a page, and `next`, where others begin."""
    after = ""
    while True:
        part = {**query, "limit": min(limit, PAGE), "after": after}
        page = runs.ask("GET", f"/-/runs?{urlencode(part)}")
        yield page
        limit, after = limit - len(page["runs"]), page["next"]
        if not after or limit <= 0:
            return


class TextList:
    """A table for each page on a terminal, otherwise a line for each run."""

    def add(self, runs: Sequence[dict[str, Any]]) -> None:
        """Write a page. Raises BrokenPipeError where nobody reads any more."""
        show_runs(runs)

    def end(self, more: str) -> None:
        """Nothing ends a table."""


class JsonList:
    """One JSON document, indented as `json_text` does it, whose array grows by a page each time."""

    def __init__(self) -> None:
        self._begun = False
        self._empty = True

    def add(self, runs: Sequence[dict[str, Any]]) -> None:
        """Write a page. Raises BrokenPipeError where nobody reads any more."""
        head = "" if self._begun else '{\n  "runs": ['
        self._begun = True
        if runs:
            head += "" if self._empty else ","
            self._empty = False
            # No text of JSON has a line break in it: each is one of the layout.
            head += json_text(runs).removeprefix("[").removesuffix("\n]\n").replace("\n", "\n  ")
        sys.stdout.write(head)
        sys.stdout.flush()

    def end(self, more: str) -> None:
        """Close the array; `more` is where other runs begin."""
        last = json_text({"next": more}).removeprefix("{")
        sys.stdout.write(("]," if self._empty else "\n  ],") + last)


FORMATS: dict[str, type[TextList | JsonList]] = {"text": TextList, "json": JsonList}

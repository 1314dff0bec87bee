"""What `gateway validate` says of the files of a case.

`python -m tests.cases.diagnostics FILE…` writes it into the cases: read the difference before
it is committed, for these texts are what authors are told.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from gateway.cli.validate import command
from tests.cases.casefile import Case, Section, cases, read_case, write_sources

DIRECTORY = Path(__file__).parent / "diagnostics"
COMMAND = "gateway validate "
WITHOUT_A_CASE = {"internal", "not-a-file", "slow-file", "unreadable"}
"""Codes to which no text of a file leads; tests/reload and tests/cli have them."""

_LAST = re.compile(r"last (\d+) lines")


def diagnostics_cases() -> list[Case]:
    """Every case of the directory."""
    return cases(DIRECTORY)


def said(case: Case) -> Section:
    """The last section as it ought to be: the command, its exit status and what it writes."""
    *given, expected = case.sections
    with TemporaryDirectory() as directory, chdir(directory):
        list(write_sources(tuple(given), Path(directory)))
        done = CliRunner().invoke(command, expected.head.removeprefix(COMMAND).split())
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    kept = [option for option in expected.options if not option.startswith("exit ")]
    return Section(
        expected.head, (f"exit {done.exit_code}", *kept), "".join(_kept(done.output, kept))
    )


def _kept(output: str, options: list[str]) -> Iterator[str]:
    lines = output.splitlines(keepends=True)
    numbers = [int(found[1]) for option in options if (found := _LAST.fullmatch(option))]
    yield from lines[-numbers[0] :] if numbers else lines


def update(path: Path) -> None:
    """Write what is said now into a case."""
    section = said(read_case(path))
    text = path.read_text(encoding="utf-8")
    head = text.rindex(f"==== {COMMAND}")
    options = f" ({', '.join(section.options)})"
    path.write_text(f"{text[:head]}==== {section.head}{options}\n{section.text}", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        update(Path(name))

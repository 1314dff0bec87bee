"""Any bytes give specs or diagnostics: never an exception, never the end of the process."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from gateway.cli.formats import FORMATS, Report, report
from gateway.compile.hook import Hook
from gateway.language.diagnostic import Diagnostic
from gateway.language.read import read
from gateway.language.source import Source
from gateway.language.yaml12.characters import lines_of
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.cases.diagnostics import diagnostics_cases
from tests.cases.hooks import hook_files
from tests.language.mutations import mutated
from tests.support.thorough import THOROUGH, cases

INPUTS = cases(20_000)
ROUNDS = 8 if THOROUGH else 2
"""The inputs are tried in parts, so that none takes longer than a test may."""

SEEDS = [source.data for source in hook_files()] * 4 + [
    section.data
    for case in diagnostics_cases()
    for section in case.sections[:-1]
    if len(section.data) < 5_000
]

KEY, MAPPING = b"k: ", b"{k: "
DEEP = {
    "flow sequences": b"[" * 200_000,
    "flow sequences in a key": b"name: a\nmatch: " + b"[" * 200_000 + b"]" * 200_000,
    "flow mappings": MAPPING * 100_000,
    "block sequences": b"- " * 200_000,
    "block mappings": b"\n".join(b" " * depth + b"k:" for depth in range(1000)),
    "complex keys": b"? " * 200_000,
    "an alias bomb": b"a: &a [x]\n"
    + b"".join(b"b%d: [%s]\n" % (n, b"*a, " * 99) for n in range(99)),
    "an alias of itself": b"a: &a [*a]\nb: &b {k: *b}\n",
    "a list as a key": b"? [a]\n: b\n? {a: b}\n: c\n",
    "a number of 5,000 digits": b"name: " + b"9" * 5_000,
    "a float of 5,000 digits": b"name: 0." + b"9" * 5_000 + b"e999999999",
    "nothing but breaks": b"\n" * cases(1_000_000),
    "one long text": b"a" * 1_048_576,
    "one long key": b"a" * 100_000 + b": b",
    "many documents": b"---\n" * cases(100_000),
    "many hooks": b"a: b\n---\n" * cases(30_000),
    "many unknown keys": b"".join(b"k%d: 1\n" % number for number in range(cases(50_000))),
    "one key many times": b"name: a\n" * cases(50_000),
    "a directive without an end": b"%" * 100_000,
    "a tag without an end": b"!" * 100_000,
    "half a surrogate pair": b'name: "\\ud800"\n',
    "NUL": bytes(1_000),
    "every byte": bytes(range(256)),
}


def inside(one: Diagnostic, lines: list[str]) -> bool:
    """Whether a finding stands in the file, or right behind its last character."""
    place = one.place
    begin, end = (place.line, place.column), (place.end_line, place.end_column)
    return (
        (1, 1) <= begin <= end
        and place.end_line <= len(lines)
        and place.column <= len(lines[place.line - 1]) + 1
        and place.end_column <= len(lines[place.end_line - 1]) + 2
    )


def check(data: bytes, runtime: Runtime) -> Report:
    """Read, look at what is said, and compile what is sound."""
    source = Source("hooks.d/any.yaml", data)
    reading = read([source])
    assert reading.hooks or reading.diagnostics
    for hook in reading.hooks:
        Hook(hook.spec, runtime)
    lines = lines_of(data)
    for one in reading.diagnostics:
        assert inside(one, lines), one
        assert one.message.isprintable(), one
        assert one.hint.isprintable(), one
    return report([source], reading)


def write(found: Report) -> None:
    """Write a report in every format."""
    for form in FORMATS.values():
        form(found).encode()
    fromstring(FORMATS["junit"](found))  # noqa: S314 - our own text


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    return Runtime(Settings(hooks=Path("hooks.d"), secrets=tmp_path_factory.mktemp("secrets")))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_mutated_files_give_specs_or_diagnostics(seed: int, runtime: Runtime) -> None:
    for number, data in enumerate(mutated(SEEDS, INPUTS // ROUNDS, seed)):
        try:
            found = check(data, runtime)
            if number % 10 == 0:
                write(found)
        except Exception as error:
            raise AssertionError(f"for {data!r}") from error


@pytest.mark.parametrize("data", DEEP.values(), ids=DEEP)
def test_hostile_files_give_diagnostics(data: bytes, runtime: Runtime) -> None:
    found = check(data, runtime)
    assert found.diagnostics
    write(found)

"""Sources to specs and diagnostics: the one door into the language.

`read_source` looks at one file alone, so that its outcome can be kept as long as its bytes stay
the same; `check_together` looks at what files owe each other. `read` does both.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gateway.language.broken import BrokenHook, rescue
from gateway.language.decode import decode
from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.findings import Findings
from gateway.language.source import Source
from gateway.language.spec import Hook
from gateway.language.yaml12 import documents

__all__ = ["BrokenHook", "ReadHook", "Reading", "check_together", "read", "read_source"]


class ReadHook(msgspec.Struct, frozen=True):
    """A hook that has no error of its own; `place` is where its `name` stands."""

    spec: Hook
    file: str
    document: int
    place: Place


class Reading(msgspec.Struct, frozen=True):
    """The outcome of reading sources: sound hooks, broken ones, and every finding."""

    hooks: tuple[ReadHook, ...] = ()
    broken: tuple[BrokenHook, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_source(source: Source) -> Reading:
    """Read one file: YAML, the JSON Schema, then the checks inside each hook."""
    findings = Findings(source.name)
    hooks: list[ReadHook] = []
    broken: list[BrokenHook] = []
    written = documents(source.data, findings)
    if not written and not findings.errors:
        hint = "delete the file to remove its hooks, or write `enabled: false`"
        findings.add("empty-file", Place(1, 1, 1, 1), "the file holds no hook", hint)
    for document in written:
        spec = decode(document, findings)
        if spec is None:
            broken.append(rescue(source.name, document))
        else:
            place = document.value_place(("name",))
            hooks.append(ReadHook(spec, source.name, document.index, place))
    return Reading(tuple(hooks), tuple(broken), findings.sorted())


def check_together(hooks: Sequence[ReadHook]) -> tuple[Diagnostic, ...]:
    """What hooks owe each other: unique names, one owner for each path and method."""
    return ()


def read(sources: Sequence[Source]) -> Reading:
    """Read all files in the order given; the hooks of a Reading with errors are never served."""
    readings = [read_source(source) for source in sources]
    hooks = tuple(hook for reading in readings for hook in reading.hooks)
    broken = tuple(hook for reading in readings for hook in reading.broken)
    found = [diagnostic for reading in readings for diagnostic in reading.diagnostics]
    return Reading(hooks, broken, (*found, *check_together(hooks)))

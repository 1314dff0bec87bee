"""Sources to specs and diagnostics: the one door into the language.

`read_source` looks at one file alone, so that its outcome can be kept as long as its bytes stay
the same; `check_together` looks at what files owe each other. `read` does both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, UnsetType

from gateway.language.answers import answer_slots
from gateway.language.codes import CODES
from gateway.language.decode import decode
from gateway.language.diagnostic import Place
from gateway.language.findings import Findings
from gateway.language.inputs import key_slots, operands, slots
from gateway.language.internal import internal
from gateway.language.lint import lint
from gateway.language.mistake import Mistake, report
from gateway.language.outcome import BrokenHook, ReadHook, Reading
from gateway.language.pasted import Pasted
from gateway.language.plaintext import CODE, plaintext, report_plaintext
from gateway.language.private import private_lines
from gateway.language.rescue import rescue
from gateway.language.rules import asked_in, conjuncts, spelled
from gateway.language.source import Source
from gateway.language.spec import Hook, Match
from gateway.language.strays import add_tool, conflict, tool_of, unfilled
from gateway.language.together import check_together
from gateway.language.withheld import QUOTING, withheld_lines
from gateway.language.yaml12 import Document, documents

__all__ = ["BrokenHook", "ReadHook", "Reading", "check_together", "read", "read_source"]

_CUT = "#${"
"""A comment that is rather the rest of a text."""


def read_source(source: Source, now: datetime | None = None) -> Reading:
    """Read one file: YAML, the JSON Schema, then the checks inside each hook.

    `now` (with an offset) is what `expires` is compared with; by default the system's clock.
    """
    try:
        return _read(source, now or datetime.now(UTC))
    except Exception as error:
        found = internal("the file cannot be read", error, file=source.name)
        return Reading(diagnostics=(found,))


def _read(source: Source, now: datetime) -> Reading:
    findings = Findings(source.name)
    written = documents(source.data, findings)
    if not written and not findings.errors:
        hint = "delete the file to remove its hooks, or write `enabled: false`"
        findings.add("empty-file", Place(1, 1, 1, 1), "the file contains no hook", hint)
    outcomes = [_read_document(document, findings, now) for document in written]
    hooks = tuple(one for one in outcomes if isinstance(one, ReadHook))
    broken = tuple(one for one in outcomes if isinstance(one, BrokenHook))
    secrets = plaintext(source.data, written)
    if not (findings or secrets):
        return Reading(hooks, broken)
    reading, findings = _as_a_whole(source, Reading(hooks, broken), findings)
    report_plaintext(secrets, findings)
    findings.keep_back(private_lines(source.data, written) | findings.lines({CODE}))
    findings.keep_back({line for one in secrets for line in one.lines})
    withheld = withheld_lines(source.data, written, findings.lines(CODES))
    findings.withhold(lambda one: one.code in QUOTING and one.place.line in withheld)
    findings.keep_back(withheld)
    pasted = Pasted(written)
    findings.keep_back(pasted.lines | findings.withhold(pasted.is_quoted_by))
    return msgspec.structs.replace(reading, diagnostics=findings.sorted())


def _as_a_whole(source: Source, reading: Reading, findings: Findings) -> tuple[Reading, Findings]:
    """With one finding in the place of all, where one thing is the matter with the whole file. Of
    the two sides of a merge neither is what was meant: no hook of them serves.
    """
    whole = Findings(source.name)
    if findings.errors and conflict(source.data, whole):
        return Reading((), (*reading.broken, *map(_withdrawn, reading.hooks))), whole
    if not reading.hooks and unfilled(source.data, findings.sorted(), whole):
        return reading, whole
    return reading, findings


def _withdrawn(hook: ReadHook) -> BrokenHook:
    spec = hook.spec
    if not spec.enabled:
        return BrokenHook(hook.file, hook.document, spec.name)
    return BrokenHook(hook.file, hook.document, spec.name, spec.route, spec.answered)


def read(sources: Sequence[Source], now: datetime | None = None) -> Reading:
    """Read all files in the order given; `hooks` are those that have no error of their own.

    The findings stand in the order of the files, and in a file in the order of places.
    """
    readings = [read_source(source, now) for source in sources]
    hooks = tuple(hook for reading in readings for hook in reading.hooks)
    broken = tuple(hook for reading in readings for hook in reading.broken)
    found = [one for reading in readings for one in reading.diagnostics]
    order = {source.name: index for index, source in enumerate(sources)}
    found += check_together(hooks)
    found.sort(key=lambda one: (order[one.file], one.place))
    return Reading(hooks, broken, tuple(found))


def _read_document(document: Document, findings: Findings, now: datetime) -> ReadHook | BrokenHook:
    try:
        return _judged(document, findings, now)
    except Exception as error:
        place = document.root.place
        findings.put(internal("this hook cannot be read", error, file=findings.file, place=place))
        return BrokenHook(findings.file, document.index)


def _judged(document: Document, findings: Findings, now: datetime) -> ReadHook | BrokenHook:
    if tool := tool_of(document.value):
        add_tool(document, tool, findings)
        return BrokenHook(findings.file, document.index)
    errors_before = findings.errors
    spec = decode(document, findings)
    if spec is None:
        return rescue(findings.file, document)
    report(lint(spec, now), document, findings, spec.name)
    report(_cut(spec, document), document, findings, spec.name)
    if findings.errors > errors_before:
        return rescue(findings.file, document)
    path = document.value_place(("path",)) if isinstance(spec.path, str) else None
    place = document.value_place(("name",))
    lines = {**dict(_lines(spec.match, document)), **dict(_templates(spec, document))}
    return ReadHook(spec, findings.file, document.index, place, path, lines)


def _lines(match: Match | UnsetType, document: Document) -> Iterator[tuple[str, int]]:
    """The line of each condition that can be named; nothing else of a hook is looked up before
    it is asked for.
    """
    for placed in conjuncts(match):
        nested = {"any": placed.rule.any, "not": placed.rule.not_}
        found = [one.steps for one in asked_in(placed)]
        found += [(*placed.steps, key) for key, rule in nested.items() if rule is not UNSET]
        for steps in found:
            yield spelled(steps), document.key_place(steps).line


def _templates(spec: Hook, document: Document) -> Iterator[tuple[str, int]]:
    """The line of each template, by its keys; the short form of the URL is named by the long."""
    for slot in (*slots(spec), *answer_slots(spec), *key_slots(spec)):
        steps = ("workflow", "url") if slot.position == "url" else slot.steps
        yield ".".join(map(str, steps)), document.line(slot.steps)


def _cut(spec: Hook, document: Document) -> Iterator[Mistake]:
    """Texts that end at a comment which begins with a template: hardly anybody means that."""
    if _CUT not in document.text:
        return
    texts = (*operands(spec.match), *slots(spec), *answer_slots(spec), *key_slots(spec))
    for slot in texts:
        if document.is_cut(slot.steps, _CUT):
            message = "the text ends at ' #', which begins a comment"
            yield Mistake("bad-template", slot.steps, message, "write it in double quotes")

"""For test reports: JUnit XML, a file a test case."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gateway.cli.formats.report import Report
from gateway.cli.formats.text import printable
from gateway.language.diagnostic import Diagnostic


def render(found: Report) -> str:
    """A file with an error fails; warnings stand in its output."""
    failed = {one.file for one in found.diagnostics if one.severity == "error"}
    of_files: dict[str, list[Diagnostic]] = {source.name: [] for source in found.sources}
    for one in found.diagnostics:
        of_files.setdefault(one.file, []).append(one)
    counts = {"tests": str(len(of_files)), "failures": str(len(failed)), "errors": "0"}
    root = Element("testsuites", {"name": "gateway validate", **counts})
    suite = SubElement(root, "testsuite", {"name": "hooks", **counts, "skipped": "0"})
    for file, own in of_files.items():
        _case(suite, file, own)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: Element, file: str, found: Sequence[Diagnostic]) -> None:
    name = printable(file)
    case = SubElement(suite, "testcase", {"name": name, "classname": "hooks", "file": name})
    errors = [one for one in found if one.severity == "error"]
    warnings = [one for one in found if one.severity == "warning"]
    if errors:
        said = {"message": errors[0].message, "type": errors[0].code}
        SubElement(case, "failure", said).text = _lines(errors)
    if warnings:
        SubElement(case, "system-out").text = _lines(warnings)


def _lines(found: Sequence[Diagnostic]) -> str:
    return "\n".join(
        f"{printable(one.file)}:{one.place.line}:{one.place.column}: {one.severity}[{one.code}]: "
        f"{one.message}" + (f" ({one.hint})" if one.hint else "")
        for one in found
    )

"""For code scanning: SARIF 2.1.0 (OASIS), as GitHub, GitLab and Azure DevOps take it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from gateway import __version__
from gateway.cli.formats.json_text import json_text
from gateway.cli.formats.report import Report
from gateway.language.codes import CODES
from gateway.language.diagnostic import Diagnostic

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(found: Report) -> str:
    """One run; its rules are the codes that were found."""
    codes = sorted({one.code for one in found.diagnostics})
    rules = {code: index for index, code in enumerate(codes)}
    driver = {
        "name": "webhook-gateway",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules[one.code]) for one in found.diagnostics],
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(whole)


def _rule(name: str) -> dict[str, Any]:
    code = CODES[name]
    return {
        "id": name,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.text},
        "help": {"text": code.text, "markdown": code.text},
        "defaultConfiguration": {"level": code.severity},
    }


def _result(one: Diagnostic, rule: int) -> dict[str, Any]:
    place = one.place
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    location = {"artifactLocation": {"uri": _uri(one.file)}, "region": region}
    return {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": _sentences(one)},
        "locations": [{"physicalLocation": location}],
    }


def _sentences(one: Diagnostic) -> str:
    if not one.hint:
        return one.message
    end = "" if one.hint.endswith("?") else "."
    return f"{one.message}. Hint: {one.hint}{end}"


def _uri(file: str) -> str:
    """A reference relative to the working directory where that is possible (RFC 3986)."""
    path = os.path.relpath(file) if os.path.isabs(file) else os.path.normpath(file)
    return quote(path.replace(os.sep, "/"))

"""What authors are told of each mistake: the cases are files, and their texts are reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import ValidationError

from gateway.cli.formats import FORMATS, report
from gateway.language.codes import CODES
from gateway.language.explain.errors import EXPLAINERS
from gateway.language.explain.slips import SLIPS
from gateway.language.explain.validator import validator
from gateway.language.findings import Findings
from gateway.language.read import read
from gateway.language.schema import hook_schema
from gateway.language.source import Source
from gateway.language.yaml12 import documents
from tests.cases.casefile import Case
from tests.cases.diagnostics import WITHOUT_A_CASE, diagnostics_cases, said

CASES = diagnostics_cases()
KEYWORDS_WITHOUT_ERRORS = {
    "$defs", "$id", "$ref", "$schema", "default", "description", "examples", "items",
    "properties", "propertyNames", "title", "x-least", "x-most",
}  # fmt: skip
INSIDE_KEYS = {"allOf", "not"}
"""Only below `propertyNames`, where `bad-key` explains all."""


def by_name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_an_author_is_told(case: Case) -> None:
    assert case.shows
    assert said(case) == case.sections[-1]


def test_every_code_has_a_case() -> None:
    told = {
        code for case in CASES for code in re.findall(r"\[([a-z0-9-]+)\]:", case.sections[-1].text)
    }
    assert told == CODES.keys() - WITHOUT_A_CASE


def sources(case: Case) -> list[Source]:
    return [Source(section.head, section.data) for section in case.sections[:-1]]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "canary" in str(case.sections[:-1])], ids=by_name
)
@pytest.mark.parametrize("form", FORMATS)
def test_a_secret_in_a_file_is_in_no_report(case: Case, form: str) -> None:
    found = report(sources(case), read(sources(case)))
    assert found.diagnostics
    assert "canary" not in FORMATS[form](found)


def keywords(schema: Any) -> Iterator[str]:
    """Every keyword of a schema, those of its parts too."""
    if isinstance(schema, list):
        for part in schema:
            yield from keywords(part)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        yield key
        if key in ("properties", "$defs"):
            for part in value.values():
                yield from keywords(part)
        elif key not in ("examples", "default", "enum", "const", "required"):
            yield from keywords(value)


def test_every_keyword_of_the_schema_is_explained() -> None:
    used = set(keywords(hook_schema())) - KEYWORDS_WITHOUT_ERRORS - INSIDE_KEYS
    assert used == EXPLAINERS.keys()


def test_every_common_slip_has_a_case() -> None:
    told = "".join(case.sections[-1].text for case in CASES)
    assert SLIPS.keys() <= {one["title"] for one in hook_schema()["$defs"].values()}
    for title, slips in SLIPS.items():
        for _, hint in slips:
            assert hint in told, title


def refused_by(error: ValidationError) -> Iterator[str]:
    yield str(error.validator)
    for inner in error.context or ():
        yield from refused_by(inner)


def test_every_explanation_has_a_case() -> None:
    reached: set[str] = set()
    for case in CASES:
        for source in sources(case):
            for document in documents(source.data, Findings(source.name)):
                for error in validator().iter_errors(document.value):
                    reached.update(refused_by(error))
    assert reached - INSIDE_KEYS == EXPLAINERS.keys()

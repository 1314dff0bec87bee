"""PyYAML's events of a text, and what its parser complains about in an author's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings

try:
    from yaml._yaml import CParser as _Parser
except ImportError:  # pragma: no cover - PyYAML without libyaml
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

# What libyaml (and PyYAML, in nearly the same words) says → what an author is told, and a hint.
_WORDS = (
    (
        r"character '?\\t'? that cannot start|tab character",
        "a tab cannot indent YAML",
        "indent with spaces",
    ),
    (r"cannot start any token", "text cannot begin with this character", "write it in quotes"),
    (
        r"mapping values are not allowed",
        "a ':' cannot stand here",
        "check the indentation, and write text that has ': ' in it in quotes",
    ),
    (
        r"block sequence entries are not allowed",
        "a list cannot begin here",
        "begin it on a line of its own",
    ),
    (
        r"expected key|expected <block end>",
        "this line fits neither the lines above nor a new key",
        "check its indentation, and the line before it",
    ),
    (
        r"expected '-' indicator",
        "the next element of the list, '- …', is expected here",
        "check the indentation of this line",
    ),
    (r"expected ',' or '[]}]'", "a ',' or the closing bracket is missing here", ""),
    (r"expected ':'", "a key without ':'", "write 'key: value', with a space behind the ':'"),
    (r"unexpected end of stream", "the quotes are never closed", "close them"),
    (
        r"unknown escape character",
        "this is not an escape of YAML",
        "write '\\\\' for a backslash, or use single quotes",
    ),
    (
        r"expected <document start>",
        "the document has ended before this",
        "begin another with '---', or check the indentation",
    ),
)


def events(text: str, findings: Findings) -> Iterator[Any]:
    """The events up to the first mistake of syntax, which becomes a finding."""
    try:
        parser = _Parser(text)
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        _explain(text, error, findings)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        findings.add("syntax", Place(1, 1, 1, 2), f"the file is not YAML: {error}")


def _explain(text: str, error: yaml.MarkedYAMLError, findings: Findings) -> None:
    problem, mark = error.problem or "", error.problem_mark or error.context_mark
    if mark is None:
        findings.add("syntax", Place(1, 1, 1, 2), f"the file is not YAML: {error}")
        return
    if text[mark.index : mark.index + 1] == "\t" and "cannot start" in problem:
        problem = "tab character"
    message, hint = _in_words(problem)
    begun = error.context_mark
    if error.context and begun is not None and begun.line != mark.line:
        message += f" ({error.context.removeprefix('while ')} that begins on line {begun.line + 1})"
    place = Place(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
    findings.add("syntax", place, message, hint)


def _in_words(problem: str) -> tuple[str, str]:
    for pattern, message, hint in _WORDS:
        if re.search(pattern, problem):
            return message, hint
    return problem or "it cannot be read", ""

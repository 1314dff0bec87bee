"""What YAML's parsers complain about, in an author's words and at the place to mend."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings
from gateway.language.yaml12.characters import BREAK


class _Words(NamedTuple):
    """What an author is told. `begins` puts it where the construct begins, not where it fails."""

    pattern: str
    message: str
    hint: str
    begins: bool = False


# What libyaml says, and PyYAML in nearly the same words; in the order of precedence.
_WORDS = (
    _Words(r"tab character|'\\t'", "YAML does not allow tabs as indentation", "indent with spaces"),
    _Words(
        r"directive",
        "a line that starts with '%' is a directive, but this is not a directive of YAML 1.2",
        "remove it, or write the text in quotes",
    ),
    _Words(
        r"tag|URI",
        "text that starts with '!' is a tag, but this is not a valid tag",
        "write the text in quotes",
    ),
    _Words(
        r"alphabetic or numeric",
        "'&' and '*' start anchors and aliases, but this is neither",
        "write the text in quotes",
        begins=True,
    ),
    _Words(r"cannot start any token", "text cannot start with {here}", "write it in quotes"),
    _Words(
        r"block sequence entries|sequence entries are not allowed",
        "a list cannot start here",
        "start it on a separate line",
    ),
    _Words(
        r"expected key|expected <block end>",
        "this line neither continues the lines above nor starts a new key",
        "check its indentation, and the line before it",
    ),
    _Words(
        r"expected '-' indicator",
        "the next entry of the list, '- …', is expected here",
        "check the indentation of this line",
    ),
    _Words(
        r"expected ':'",
        "a ':' is missing after the key",
        "write 'key: value' with a space after the ':', or '- ' before an entry of a list",
        begins=True,
    ),
    _Words(
        r"unexpected (end of stream|document)",
        "the quotes that start here are not closed",
        "close them",
        begins=True,
    ),
    _Words(
        r"escape character|hexdecimal|hexadecimal|escape code",
        "this is not a YAML escape",
        "write '\\\\' for a backslash, or use single quotes",
    ),
    _Words(
        r"block scalar",
        "after '|' or '>', the text must start on the next line",
        "write text that starts with '|' or '>' in quotes",
        begins=True,
    ),
    _Words(
        r"node content|mapping keys are not allowed",
        "a value cannot start with {here}",
        "write it in quotes",
    ),
    _Words(
        r"<document start>",
        "the document ended before this line",
        "start another document with '---', or check the indentation",
    ),
)


def explain(text: str, error: yaml.MarkedYAMLError, findings: Findings) -> None:
    """Make a finding of what a parser refuses."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        findings.add("syntax", Place(1, 1, 1, 2), f"the file is not YAML: {error}")
        return
    complaint = f"{error.context or ''} {error.problem or ''}"
    here = text[mark.index : mark.index + 1]
    if here == "\t" and "cannot start" in complaint:
        complaint = "tab character"
    if "mapping values" in complaint:
        _misplaced_key(text, mark, findings)
    elif (found := re.search(r"expected ',' or '([]}])'", complaint)) is not None:
        _unclosed(text, found[1], mark, begun, findings)
    elif not here and not (words := _words(complaint)).begins:
        hint = "the file may be truncated, or a value is incomplete"
        findings.add("syntax", _last_place(text), "the file ends too early", hint)
    else:
        words = _words(complaint)
        hidden = not here.isprintable() or here in ("", "'")
        message = words.message.format(here="this" if hidden else f"'{here}'")
        at = begun if words.begins and begun is not None else mark
        findings.add("syntax", _place(at), message, words.hint)


def _misplaced_key(text: str, mark: Any, findings: Findings) -> None:
    """A ':' where no key can be: a second one in its line, or behind a line that is none."""
    before = text[mark.index - mark.column : mark.index]
    if re.search(r":\s", before):
        hint = "write text that contains ': ' in quotes"
        findings.add("syntax", _place(mark), "a ':' is not allowed here", hint)
        return
    start = len(before) - len(before.lstrip())
    place = Place(mark.line + 1, start + 1, mark.line + 1, mark.column + 1)
    hint = "check its indentation, and the ': ' of the line before it"
    findings.add("syntax", place, "a key is not allowed here", hint)


def _unclosed(text: str, bracket: str, mark: Any, begun: Any, findings: Findings) -> None:
    at_end = mark.index >= len(text)
    if _touches(text, mark.index):
        hint = "put the text in quotes: inside braces and brackets, '[]{},' are YAML syntax"
        if text[mark.index - 1 : mark.index + 1] == "${":
            hint = 'inside braces and brackets, write a template in quotes: "${body.x}"'
        findings.add("syntax", _place(mark), f"a ',' or '{bracket}' is missing here", hint)
        return
    if begun is None or (begun.line == mark.line and not at_end):
        findings.add("syntax", _place(mark), f"a ',' or '{bracket}' is missing here")
        return
    what = "list" if bracket == "]" else "mapping"
    message = f"a ',' or '{bracket}' is missing in the {what} that starts here"
    hint = "the file ends before" if at_end else f"line {mark.line + 1} cannot be part of it"
    findings.add("syntax", _place(begun), message, hint)


def _touches(text: str, index: int) -> bool:
    """Whether a bracket inside a text was taken for YAML's: `^[a-z]`, `[a-z]+`, `${x}`."""
    before, here = text[index - 1 : index], text[index : index + 1]
    if here in ("[", "{"):
        return before not in (" ", "\t", "\n", ",", "[", "{", ":")
    return before in ("]", "}") and here not in ("", " ", "\t", "\n", "#")


def _words(complaint: str) -> _Words:
    for words in _WORDS:
        if re.search(words.pattern, complaint):
            return words
    return _Words("", complaint.strip().replace("{", "{{").replace("}", "}}"), "")


def _last_place(text: str) -> Place:
    """The last character that is more than space."""
    lines = BREAK.split(text.rstrip())
    line, column = len(lines), max(len(lines[-1]), 1)
    return Place(line, column, line, column + 1)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)

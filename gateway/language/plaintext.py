"""Credentials that stand in a file, wherever in it: values, names, URLs, comments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings
from gateway.language.issued import Credential, credentials
from gateway.language.yaml12 import Document, Node
from gateway.language.yaml12.characters import BREAK, text_of

CODE = "plaintext-credential"
_TOLD = frozenset({CODE, "secret-in-yaml", "credential-header"})
_HINT = (
    "replace it at its issuer, because everyone who can read the file has it; write the new one "
    "into the secrets directory, and refer to it with {secret: NAME}"
)


class Plaintext(NamedTuple):
    """What looks like a credential, and whose it is; empty for one that is only random."""

    place: Place
    issuer: str

    @property
    def lines(self) -> range:
        """The numbers of its lines."""
        return range(self.place.line, self.place.end_line + 1)


def plaintext(data: bytes, documents: Sequence[Document]) -> list[Plaintext]:
    """Every credential of a file: as it is written, and as YAML reads what is escaped or folded."""
    text = text_of(data)
    found = [*_in_text(text, credentials(text))]
    lines = {line for one in found for line in one.lines}
    for document in documents:
        for node in _rewritten(document.root):
            read = credentials(node.value)
            if read and node.place.line not in lines:
                found.append(Plaintext(node.place, read[0].issuer))
    return found


def report_plaintext(found: Sequence[Plaintext], findings: Findings) -> None:
    """A finding for each; not where another says already that this line holds a secret."""
    told = findings.lines(_TOLD)
    for one in found:
        if one.place.line in told:
            continue
        findings.add(CODE, one.place, f"the file contains {_called(one.issuer)}", _HINT)


def _called(issuer: str) -> str:
    if issuer.startswith("a "):
        return issuer
    return f"a credential of {issuer}" if issuer else "a value that looks like a credential"


def _in_text(text: str, found: Sequence[Credential]) -> Iterator[Plaintext]:
    if not found:
        return
    starts = [0, *(match.end() for match in BREAK.finditer(text))]
    for one in found:
        (line, column), (end, end_column) = _at(starts, one.start), _at(starts, one.end)
        yield Plaintext(Place(line, column, end, end_column), one.issuer)


def _at(starts: Sequence[int], offset: int) -> tuple[int, int]:
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _rewritten(root: Node) -> Iterator[Node]:
    """The texts whose value is not what stands in the file."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node.children, dict):
            waiting += [child for _, child in node.children.values()]
        elif isinstance(node.children, list):
            waiting += node.children
        elif isinstance(node.value, str) and _is_rewritten(node):
            yield node


def _is_rewritten(node: Node) -> bool:
    event = node.start
    return bool(event.style == '"' or event.start_mark.line != event.end_mark.line)

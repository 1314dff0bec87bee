"""A mistake inside a hook, before anybody has looked up where that stands in a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings
from gateway.language.yaml12 import Document, Steps


class Mistake(msgspec.Struct, frozen=True):
    """`steps` lead from the root of the document to the value, or to the key when `on` says so.

    `inner` are offsets in the value of a scalar. `if_cut` is the hint where the scalar ends at a
    comment.
    """

    code: str
    steps: Steps
    message: str
    hint: str = ""
    on: Literal["value", "key"] = "value"
    inner: tuple[int, int] | None = None
    if_cut: str = ""

    def place(self, document: Document) -> Place:
        """Where it stands."""
        if self.inner is not None:
            return document.inner_place(self.steps, self.inner)
        if self.on == "key":
            return document.key_place(self.steps)
        return document.value_place(self.steps)


def report(mistakes: Iterable[Mistake], document: Document, findings: Findings, hook: str) -> None:
    """Look up where the mistakes of a document stand, and add them to the findings of its file."""
    for one in mistakes:
        hint = one.if_cut if one.if_cut and document.is_cut(one.steps) else one.hint
        findings.add(one.code, one.place(document), one.message, hint, hook)

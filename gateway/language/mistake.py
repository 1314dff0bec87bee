"""A mistake inside a hook, before anybody has looked up where that stands in a file."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.language.diagnostic import Place
from gateway.language.yaml12 import Document, Steps


class Mistake(msgspec.Struct, frozen=True):
    """`steps` lead from the root of the document to the value, or to the key when `on` says so."""

    code: str
    steps: Steps
    message: str
    hint: str = ""
    on: Literal["value", "key"] = "value"

    def place(self, document: Document) -> Place:
        """Where it stands."""
        if self.on == "key":
            return document.key_place(self.steps)
        return document.value_place(self.steps)

"""One kind of mistake."""

from __future__ import annotations

import msgspec

from gateway.language.diagnostic import Severity


class Code(msgspec.Struct, frozen=True):
    """`name` is stable: people write it into tickets and tools. `text` is its documentation."""

    name: str
    severity: Severity
    title: str
    text: str

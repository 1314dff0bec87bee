"""The answer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UnsetType

from gateway.language.lint.parts import response_of
from gateway.language.lint.rules import path_fault
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook


def check(hook: Hook) -> Iterator[Mistake]:
    """Results that are selected where there are none, or by paths that lead nowhere."""
    response = response_of(hook)
    if isinstance(response.select, UnsetType):
        return
    steps = ("response", "select")
    if response.type != "outputs":
        message = "'select' chooses from outputs, but `type: status` returns a report"
        hint = "write `type: outputs`, or remove 'select'"
        yield Mistake("select-without-outputs", steps, message, hint, on="key")
    for index, path in enumerate(response.select):
        if (reason := path_fault(path)) is not None:
            yield Mistake("bad-path", (*steps, index), f"'{path}' is not a path: {reason}")

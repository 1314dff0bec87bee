"""The parameters of one request, as nested rules see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.compile.body import Received
from gateway.compile.paths import ASTRAY, MISSING
from gateway.language.rules import SourceName

if TYPE_CHECKING:
    from gateway.compile.templates.inputs import Inputs

Unclear = frozenset[str]
"""Parameters that cannot be judged: a name was sent that some programs take for theirs."""

CLEAR: Unclear = frozenset()


class Values(NamedTuple):
    """The parameters of one request; `typed` says that those of the body have JSON's types.
    `inputs` are there where an operand is filled in.
    """

    typed: bool
    body: Any
    unclear_in_form: Unclear
    query: Mapping[str, Any]
    unclear_in_query: Unclear
    headers: Mapping[str, Any]
    path: Mapping[str, Any]
    inputs: Inputs | None

    def of(self, key: SourceName) -> tuple[Any, Unclear]:
        """A part of the request, and what cannot be judged in it."""
        match key:
            case "body":
                return self.body, CLEAR if self.typed else self.unclear_in_form
            case "query":
                return self.query, self.unclear_in_query
            case "headers":
                return self.headers, CLEAR
        return self.path, CLEAR


Holds = Callable[[Values], bool]


def body_of(received: Received | None) -> tuple[bool, Any]:
    """Whether a body has types, and its value; nothing can be told of one that cannot be there."""
    if received is None:
        return True, ASTRAY
    if received.kind == "none":
        return True, MISSING
    return received.kind == "json", received.value

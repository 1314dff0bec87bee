"""What a template means, as values: equal for templates that fill in the same."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from gateway.language.values import Path

Kind = Literal["text", "a number", "true or false", "null", "an array", "an object"]
"""The kinds of JSON values, in the words of messages."""


class Span(msgspec.Struct, frozen=True, eq=False):
    """Where something stands in its scalar, and how it is written. It is no part of what a template
    means: all spans are equal.
    """

    start: int
    end: int
    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span)

    def __hash__(self) -> int:
        return 0


class Reference(msgspec.Struct, frozen=True):
    """An input: its root, and the way to it from there. Without a way it is the whole root.

    The name of a header is in lower case.
    """

    root: str
    path: Path
    span: Span


class Constant(msgspec.Struct, frozen=True):
    """A literal value; `text` is how it is written, for a text what it says."""

    kind: Kind
    value: Any
    text: str
    span: Span


Operand: TypeAlias = Reference | Constant


class Call(msgspec.Struct, frozen=True):
    """A filter with its arguments."""

    name: str
    arguments: tuple[str | int, ...]
    span: Span


class Chain(msgspec.Struct, frozen=True):
    """An operand, and the filters that are applied to it in their order."""

    operand: Operand
    filters: tuple[Call, ...]


class Expression(msgspec.Struct, frozen=True):
    """Alternatives, the first of which that is neither missing nor null counts.

    `optional` says that the value is left out where it is missing.
    """

    alternatives: tuple[Chain, ...]
    optional: bool
    span: Span

    @property
    def references(self) -> tuple[Reference, ...]:
        """The inputs that it reads, in their order."""
        operands = [chain.operand for chain in self.alternatives]
        return tuple([one for one in operands if isinstance(one, Reference)])

    @property
    def required(self) -> Reference | None:
        """The input without which the expression has no value, where there is one."""
        if self.optional or len(self.references) != len(self.alternatives):
            return None
        return self.references[0]


class Template(msgspec.Struct, frozen=True):
    """Text and expressions in their order, at least one expression."""

    parts: tuple[str | Expression, ...]

    @property
    def exact(self) -> Expression | None:
        """The expression that is the whole template, whose value keeps its type."""
        (part, *more) = self.parts
        return part if isinstance(part, Expression) and not more else None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in their order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))


class BadTemplate(Exception):  # noqa: N818
    """An author's mistake inside a scalar, from `start` to `end` in its value.

    `unfinished` says that the text ends before the template does. `wanted` is what it wanted to
    read, a root or `root.name`, where it cannot be read so: `hint` is made for it by who knows
    what can be read there.
    """

    def __init__(
        self,
        code: str,
        start: int,
        end: int,
        message: str,
        hint: str = "",
        unfinished: bool = False,
        wanted: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.start = start
        self.end = end
        self.message = message
        self.hint = hint
        self.unfinished = unfinished
        self.wanted = wanted

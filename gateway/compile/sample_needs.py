"""What a hook's templates need of a request, and values that they can use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.compile.sample_values import put
from gateway.compile.templates.filters import MISFIT, compile_filter, scalar_text
from gateway.language.answers import answer_slots
from gateway.language.inputs import (
    DEDUPLICATE_BY,
    Filling,
    Position,
    fillings,
    key_slots,
    name_of,
    operands,
    slots,
)
from gateway.language.spec import Hook
from gateway.language.template import CLAIMS, Chain, Reference
from gateway.language.values import Path, parse_path

EXAMPLE = "example"


class Need(msgspec.Struct, frozen=True):
    """An input without which a template cannot be filled in, and what is made of it."""

    reference: Reference
    chain: Chain
    position: Position
    whole: bool

    def takes(self, value: Any) -> bool:
        """Whether the template can use a value."""
        for call in self.chain.filters:
            if value is None and call.name != "json":
                break
            value = compile_filter(call)(value)
            if value is MISFIT or value is MISSING:
                return False
        if self.position in ("json", "operand") and self.whole:
            return True
        if self.position == "parameter" and self.whole:
            return value is not None
        return scalar_text(value) not in (MISFIT, "", ".", "..")

    def candidates(self) -> Iterator[Any]:
        """Values that are likely to fit, the plainest first."""
        for call in self.chain.filters:
            if call.name == "part":
                separator, index = call.arguments
                yield str(separator).join([EXAMPLE] * (abs(int(index)) + 1))
            if call.name == "pluck":
                element: dict[str, Any] = {}
                put(element, parse_path(str(call.arguments[0])), EXAMPLE)
                yield [element]
        yield from (EXAMPLE, "1", "true", 1, True, [EXAMPLE], {"example": EXAMPLE})


def filled_of(hook: Hook) -> list[Filling]:
    """The expressions that are filled in for the workflow, for the answers, and for the key that a
    run must have.
    """
    required = hook.deduplicate is not UNSET and hook.deduplicate.required
    keys = [one for one in key_slots(hook) if required and one.steps == DEDUPLICATE_BY]
    filled_in = (*slots(hook), *answer_slots(hook), *keys)
    return [filling for slot in filled_in for filling in fillings(slot)]


def compared(hook: Hook) -> list[Filling]:
    """The expressions that are filled in for rules."""
    return [filling for slot in operands(hook.match) for filling in fillings(slot)]


def needs(filled: Iterable[Filling], root: str) -> Iterator[tuple[Need, Path]]:
    """The needs of expressions that are about one root, or about `claims`, and the ways from
    there.
    """
    for filling in filled:
        required = filling.expression.required
        if required is None:
            continue
        chain = filling.expression.alternatives[0]
        name, path = required.root, required.path
        if name == "sender" and path[0] == CLAIMS:
            name, path = CLAIMS, path[1:]
        if name == root:
            yield Need(required, chain, filling.position, filling.whole), path


def completed(document: Any, filled: Iterable[Filling], root: str) -> tuple[Any, bool]:
    """A document with what templates need where it has nothing, and whether they can use it.

    `document` is None where there is none yet.
    """
    fits = True
    for need, path in needs(filled, root):
        if document is None:
            document = [] if path and isinstance(path[0], int) else {}
        if not path:
            fits = fits and need.takes(document)
            continue
        find = compile_path(path)
        if find(document) in (MISSING, ASTRAY):
            put(document, path, _fitting(need))
        found = find(document)
        fits = fits and found not in (MISSING, ASTRAY) and need.takes(found)
    return document, fits


def completed_texts(texts: dict[str, Any], filled: Iterable[Filling], root: str) -> bool:
    """The same for parameters and headers, which are text. The names of headers are in any case,
    and path parameters may have any value.
    """
    names = {name.lower() if root == "headers" else name: name for name in texts}
    fits = True
    for need, path in needs(filled, root):
        if not path:
            continue
        name = names.setdefault(str(path[0]), name_of(need.reference))
        if name not in texts or (root == "path" and not need.takes(texts[name])):
            texts[name] = str(_fitting(need))
        fits = fits and need.takes(texts[name])
    return fits


def _fitting(need: Need) -> Any:
    return next(filter(need.takes, need.candidates()), EXAMPLE)

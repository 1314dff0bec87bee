"""What a command does hook by hook: one that it fails on takes no other away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from gateway.errors import OperatorError
from gateway.language.diagnostic import Diagnostic
from gateway.language.internal import internal
from gateway.language.outcome import ReadHook

Made = TypeVar("Made")


def each(
    hooks: Iterable[ReadHook], make: Callable[[ReadHook], Made], failed: str, into: list[Diagnostic]
) -> Iterator[Made]:
    """What is made of each hook. Where that fails in a way that nobody foresaw, a finding goes
    `into` the list; `failed` says what came to nothing, such as `cannot be listed`.
    """
    for hook in hooks:
        try:
            made = make(hook)
        except OperatorError:
            raise
        except Exception as error:
            name = hook.spec.name
            what = f"hook '{name}' {failed}"
            into.append(internal(what, error, file=hook.file, hook=name, place=hook.place))
        else:
            yield made

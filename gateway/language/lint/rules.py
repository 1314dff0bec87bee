"""What rules speak of: bodies that are never there, paths that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from gateway.language.lint.parts import WITH_BODY, operators_of
from gateway.language.mistake import Mistake
from gateway.language.spec import Condition, Elements, Hook
from gateway.language.values import parse_path
from gateway.language.yaml12 import Steps


def check(hook: Hook) -> Iterator[Mistake]:
    """Rules that are empty, that read a body which is never there, or that lead nowhere."""
    match = hook.match
    if isinstance(match, UnsetType):
        return
    if all(part is UNSET for part in (match.body, match.query, match.headers)):
        hint = "write a condition under body, query or headers, or remove 'match'"
        yield Mistake("empty-rule", ("match",), "'match' has no condition", hint, on="key")
    if isinstance(match.body, UnsetType):
        return
    if not WITH_BODY & set(hook.methods):
        methods = " and ".join(hook.methods)
        message = f"'match.body' can never hold: {methods} requests have no body"
        hint = "match the query, or write `method: POST`"
        yield Mistake("body-without-body", ("match", "body"), message, hint, on="key")
    yield from paths(("match", "body"), match.body)


def paths(steps: Steps, written: dict[str, Condition]) -> Iterator[Mistake]:
    """Paths that lead nowhere, also those inside the elements of arrays."""
    for path, condition in written.items():
        if (reason := path_fault(path)) is not None:
            message = f"'{path}' is not a path: {reason}"
            yield Mistake("bad-path", (*steps, path), message, on="key")
        yield from _inner_paths((*steps, path), condition)


def _inner_paths(steps: Steps, condition: Condition) -> Iterator[Mistake]:
    for name, operand in operators_of(condition).items():
        if not isinstance(operand, Elements):
            continue
        if isinstance(operand.rule, dict):
            yield from paths((*steps, name), operand.rule)
        else:
            yield from _inner_paths((*steps, name), operand.rule)


def path_fault(path: str) -> str | None:
    """Why a dotted path or JSON Pointer leads nowhere; None where it leads somewhere."""
    try:
        parse_path(path)
    except ValueError as error:
        return str(error)
    return None

"""What rules speak of: bodies that are never there, paths that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from gateway.language.lint.parts import WITH_BODY, operators_of
from gateway.language.mistake import Mistake
from gateway.language.spec import Condition, Elements, Hook
from gateway.language.values import parse_path
from gateway.language.yaml12 import Steps

_QUALIFIED = re.compile(
    r"(?:([^/]*(?:labels|annotations))\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^/]+)", re.ASCII
)
"""A key as Kubernetes and others qualify it, and above it what holds such keys: a domain, '/', a
name.
"""


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
        elif pointer := _pointer(path):
            message = f"'{path}' looks like a key with dots, but is read as a path into objects"
            hint = f"for a key with dots, write a JSON Pointer: '{pointer}'"
            yield Mistake("dotted-key", (*steps, path), message, hint, on="key")
        yield from _inner_paths((*steps, path), condition)


def _pointer(path: str) -> str:
    """The JSON Pointer for a dotted path that ends with a key such as `app.kubernetes.io/name`."""
    found = _QUALIFIED.fullmatch(path)
    if found is None:
        return ""
    key = found[2].replace("~", "~0").replace("/", "~1")
    return "/" + "/".join([*(found[1].split(".") if found[1] else ()), key])


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

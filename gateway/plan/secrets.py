"""Secrets that hooks begin to need, and those that none needs any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.language.outcome import ReadHook
from gateway.language.references import Kind, written_references
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change

_CALLED = {"secret": "the secret", "env": "the environment variable"}

_First = dict[tuple[Kind, str], tuple[ReadHook, Steps]]


def needed(old: Iterable[ReadHook], new: Iterable[ReadHook]) -> Iterator[tuple[ReadHook, Change]]:
    """References of the new tree that the old one has not, each where it stands first."""
    known = _first(old)
    for (kind, name), (hook, steps) in _first(new).items():
        if (kind, name) not in known:
            message = f"{_CALLED[kind]} '{name}' must exist; otherwise the hook is out of service"
            yield hook, Change("secret-needed", steps, message, now=f"{kind}: {name}")


def unneeded(old: Iterable[ReadHook], new: Iterable[ReadHook]) -> Iterator[tuple[ReadHook, Change]]:
    """References of the old tree that the new one has not, each where it stood first."""
    known = _first(new)
    for (kind, name), (hook, steps) in _first(old).items():
        if (kind, name) not in known:
            message = f"no hook refers to {_CALLED[kind]} '{name}' any more"
            yield hook, Change("secret-unneeded", steps, message, f"{kind}: {name}")


def _first(hooks: Iterable[ReadHook]) -> _First:
    found: _First = {}
    for hook in hooks:
        for kind, name, steps in written_references(hook.spec):
            found.setdefault((kind, name), (hook, steps))
    return found

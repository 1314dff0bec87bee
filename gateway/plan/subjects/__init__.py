"""What of a hook is compared, one module a subject.

A subject has two sides that agree: its meaning, which is equal for what means the same however it
was written, and a comparison, which says what it means that two of them differ.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple

from gateway.language.meaning import exact
from gateway.language.spec import Hook
from gateway.plan.change import Change, failed
from gateway.plan.shown import json
from gateway.plan.subjects import (
    authentication,
    cors,
    deduplicate,
    delivery,
    handshakes,
    hook,
    limits,
    networks,
    receive,
    response,
    rules,
    urls,
    workflow,
)


class Subject(NamedTuple):
    """`compare` is asked only where the meanings differ."""

    meaning: Callable[[Hook], Hashable]
    compare: Callable[[Hook, Hook], Iterator[Change]]


SUBJECTS: dict[str, Subject] = {
    "name": Subject(hook.name, hook.compare_names),
    "description": Subject(hook.description, hook.compare_descriptions),
    "enabled": Subject(hook.enabled, hook.compare_enabled),
    "path": Subject(urls.path, urls.compare_paths),
    "method": Subject(urls.methods, urls.compare_methods),
    "authentication": Subject(authentication.meaning, authentication.compare),
    "allow_from": Subject(networks.meaning, networks.compare),
    "cors": Subject(cors.meaning, cors.compare),
    "limits": Subject(limits.meaning, limits.compare),
    "handshake": Subject(handshakes.meaning, handshakes.compare),
    "receive": Subject(receive.meaning, receive.compare),
    "match": Subject(rules.meaning, rules.compare),
    "workflow": Subject(workflow.meaning, workflow.compare),
    "response": Subject(response.meaning, response.compare),
    "delivery": Subject(delivery.meaning, delivery.compare),
    "deduplicate": Subject(deduplicate.meaning, deduplicate.compare),
}
"""The key of a hook → its subject."""


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """What it means that a hook differs, key by key. A key that cannot be compared is told, and
    the others are compared.
    """
    for key in new.__struct_fields__:
        try:
            found = list(told(key, SUBJECTS.get(key) or _unknown(key), old, new))
        except Exception as error:
            found = [failed((key,), f"'{key}'", error)]
        yield from found


def told(key: str, subject: Subject, old: Hook, new: Hook) -> Iterator[Change]:
    """What a subject says of a key; a difference that it has no word for is a risk."""
    if subject.meaning(old) != subject.meaning(new):
        explained = tuple(subject.compare(old, new))
        yield from explained or _unknown(key).compare(old, new)


def meaning(one: Hook) -> Hashable:
    """Equal for hooks that mean the same but for name and path, when these are left to default."""
    keys = [key for key in one.__struct_fields__ if key not in ("name", "path")]
    try:
        return tuple((SUBJECTS.get(key) or _unknown(key)).meaning(one) for key in keys)
    except Exception:
        # It is told where the hook is compared; what is written is all that is known.
        return exact(one)


def _unknown(key: str) -> Subject:
    def differs(old: Hook, new: Hook) -> Iterator[Change]:
        message = f"'{key}' differs, and the plan cannot determine what that means"
        yield Change(
            "unclassified", (key,), message, json(getattr(old, key)), json(getattr(new, key))
        )

    return Subject(lambda one: exact(getattr(one, key)), differs)


__all__ = ["SUBJECTS", "Subject", "compare", "meaning", "told"]

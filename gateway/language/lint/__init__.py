"""What the schema cannot say: checks of meaning, one module a subject.

A check takes a spec and yields the mistakes in it. It is an error when the hook could never work
or would be unsafe, a warning when it works and is probably not what was meant; the table of codes
says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from gateway.language.lint import (
    access,
    alternatives,
    answer,
    cors,
    delivery,
    denials,
    failures,
    foreign,
    handshake,
    headers,
    jwt,
    keys,
    limits,
    misplaced,
    misplaced_rules,
    networks,
    operands,
    operators,
    outgoing,
    plaintext,
    prefixes,
    receive,
    route,
    rules,
    signature,
    templates,
    unquoted,
    unsigned,
    url,
    wildcards,
    workflow,
)
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook

Check = Callable[[Hook], Iterator[Mistake]]

CHECKS: tuple[Check, ...] = (
    access.public,
    access.repeated,
    networks.check,
    cors.check,
    limits.check,
    signature.check,
    unsigned.check,
    handshake.check,
    jwt.check,
    route.check,
    receive.check,
    rules.check,
    operators.check,
    operands.check,
    misplaced_rules.check,
    alternatives.check,
    denials.check,
    unquoted.check,
    wildcards.check,
    url.check,
    headers.check,
    outgoing.check,
    prefixes.check,
    plaintext.check,
    workflow.check,
    templates.check,
    foreign.check,
    misplaced.check,
    answer.check,
    failures.check,
    delivery.check,
    keys.check,
)


def lint(hook: Hook, now: datetime) -> Iterator[Mistake]:
    """Every mistake inside one hook, as of `now` (with an offset)."""
    for check in CHECKS:
        yield from check(hook)
    yield from access.expired(hook, now)


__all__ = ["CHECKS", "Check", "lint"]

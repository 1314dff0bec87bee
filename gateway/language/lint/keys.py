"""The keys of runs: whether they tell requests apart, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from gateway.language.durable import durable_of
from gateway.language.inputs import DEDUPLICATE_BY, Slot, expressions, key_slots, reads, workflow_of
from gateway.language.lint.delivery import span
from gateway.language.mistake import Mistake
from gateway.language.quantities import parse_duration
from gateway.language.signed import sender_of
from gateway.language.spec import Deduplicate, Hook, SignatureAuthentication
from gateway.language.spec.bounds import WITHIN
from gateway.language.template import BadTemplate, Constant, Expression, Reference

_DRAWN = {("run", ("id",)), ("request", ("received",))}
"""What no two requests have in common, although one repeats the other."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Keys that cannot be made, that are the same for all, that are forgotten too early."""
    if hook.deduplicate is not UNSET:
        yield from _deduplicate(hook, hook.deduplicate)
    for slot in key_slots(hook):
        try:
            found = list(expressions(slot))
        except BadTemplate:
            continue
        yield from _useless(slot, found)
        yield from _undecoded(hook, slot)


def _deduplicate(hook: Hook, written: Deduplicate) -> Iterator[Mistake]:
    if durable_of(hook) is None:
        message = "'deduplicate' needs `delivery: durable`: a direct hook stores no keys"
        hint = "write `delivery: durable`, or remove it"
        yield Mistake("deduplicate-needs-durable", ("deduplicate",), message, hint, on="key")
    steps = ("deduplicate", "within")
    yield from span(steps, "'within'", written.within, WITHIN)
    if not isinstance(hook.authentication, SignatureAuthentication):
        return
    repeats = sender_of(hook.authentication.scheme).repeats
    if repeats and parse_duration(written.within) < parse_duration(repeats):
        name = hook.authentication.scheme
        message = f"{name} repeats a request for up to {repeats}, and its key is forgotten earlier"
        yield Mistake("window-too-short", steps, message, f"write `within: {repeats}`")


def _useless(slot: Slot, found: list[Expression]) -> Iterator[Mistake]:
    drawn = [one for each in found for one in each.references if (one.root, one.path) in _DRAWN]
    if drawn:
        span = drawn[0].span
        message = f"'{span.text}' differs in every request, so no two have the same key"
        inner = span.start, span.end
        yield Mistake("useless-key", slot.steps, message, _IDENTIFY, inner=inner)
    elif slot.steps == DEDUPLICATE_BY and all(map(_may_be_constant, found)):
        names = [one.span.text for each in found for one in each.references if not _is_own(one)]
        whose = f"requests without '{names[0]}'" if names else "all requests"
        message = f"{whose} have the same key, so all but the first would be lost"
        hint = "remove the default: a request without a key is not deduplicated"
        yield Mistake("useless-key", slot.steps, message, hint if names else _IDENTIFY)


_IDENTIFY = "write what identifies a request, such as ${body.id}"


def _may_be_constant(one: Expression) -> bool:
    """Whether an expression gives the same for requests that have nothing to identify them."""
    return any(
        isinstance(chain.operand, Constant) or _is_own(chain.operand) for chain in one.alternatives
    )


def _is_own(one: Reference) -> bool:
    return one.root == "hook"


def _undecoded(hook: Hook, slot: Slot) -> Iterator[Mistake]:
    """A key from a body that nothing else asks to be read."""
    workflow = workflow_of(hook)
    of_body = [one for one in reads(hook) if one.root == "body"]
    keyed = [one for one in of_body if one.by == "key" and one.steps == slot.steps]
    if workflow.format == "raw" and keyed and all(one.by == "key" for one in of_body):
        message = "`format: raw` forwards a body that is not read, so it has no key"
        hint = "read a header, or remove `format: raw`"
        yield Mistake("order-holds-body", slot.steps, message, hint, inner=keyed[0].inner)

"""Which inputs of a request reach the workflow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from msgspec import UNSET

from gateway.language.inputs import WITH_BODY, Read, fillings, name_of, reads, slots, workflow_of
from gateway.language.proofs import CREDENTIALS, proof_headers
from gateway.language.signed import Coverage, coverage, sender_of
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.values import Path
from gateway.plan.change import Change
from gateway.plan.shown import listed

Input = tuple[str, Path]
"""The root of an input and the way to it."""

Inputs = dict[Input, str]
"""Inputs, each with its name for people."""

_OWN = ("path", "request", "hook", "run")
"""Roots that every workflow is told of by headers, or that are the hook's own."""

_STEPS = ("workflow",)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Inputs that the workflow did not receive before, and those that it no longer receives."""
    was, now = _given(old, new), _given(new, new)
    more = _beyond(now, was | _forwarded(old))
    less = _beyond(was, now | _forwarded(new))
    credentials = CREDENTIALS | proof_headers(new)
    secret = [name for (root, path), name in more.items() if _is_one(credentials, root, path)]
    plain = [name for name in more.values() if name not in secret]
    if secret:
        message = f"the caller's credentials are forwarded to the workflow: {listed(secret)}"
        yield Change("credentials-forwarded", _STEPS, message, now=listed(secret))
    if plain:
        message = f"the workflow also receives {listed(plain)}"
        yield Change("data-widened", _STEPS, message, now=listed(plain))
    if less:
        names = listed(less.values())
        yield Change("data-narrowed", _STEPS, f"the workflow no longer receives {names}", names)
    yield from _unsigned(old, new)
    yield from _in_path(old, new)


def _unsigned(old: Hook, new: Hook) -> Iterator[Change]:
    if not isinstance(new.authentication, SignatureAuthentication):
        return
    covered = coverage(sender_of(new.authentication.scheme).scheme)
    before, after = _named(_templated(old)), _named(_templated(new))
    added = [
        name for one, name in after.items() if one not in before and not _is_signed(one, covered)
    ]
    if added:
        message = f"the workflow receives {listed(added)}, which the sender does not sign"
        yield Change("unsigned-handed-on", _STEPS, message, now=listed(added))


def _is_signed(one: Input, covered: Coverage) -> bool:
    root, path = one
    if root == "headers":
        return path[0] in covered.headers
    signed = {"body": covered.body, "query": covered.query, "path": covered.path}
    return signed.get(root, True)


def _is_one(headers: Set[str], root: str, path: Path) -> bool:
    return root == "headers" and path[0] in headers


def _in_path(old: Hook, new: Hook) -> Iterator[Change]:
    before, after = _of_path(old), _of_path(new)
    added = [name for one, name in after.items() if one not in before]
    if added:
        message = f"the caller chooses a part of the workflow's path: {listed(added)}"
        yield Change("caller-chooses-path", ("workflow", "url"), message, now=listed(added))


def _of_path(hook: Hook) -> Inputs:
    """The inputs that fill in the path of the URL, but for those that no caller chooses."""
    return {
        (one.root, one.path): _name(one.root, one.path, name_of(one))
        for slot in slots(hook)
        if slot.position == "url"
        for filling in fillings(slot)
        if filling.position == "path"
        for one in filling.expression.references
        if one.root not in ("hook", "run")
    }


def _templated(hook: Hook) -> list[Read]:
    return [one for one in reads(hook) if one.by == "template"]


def _given(hook: Hook, methods: Hook) -> Inputs:
    """What the workflow of a hook receives of requests with the methods of another, but for the
    headers that it names.
    """
    found = _named(one for one in _templated(hook) if one.root not in _OWN)
    if workflow_of(hook).data is UNSET:
        if WITH_BODY & set(methods.methods):
            found["body", ()] = _name("body", (), "")
        if set(methods.methods) - WITH_BODY:
            found["query", ()] = _name("query", (), "")
    return found


def _forwarded(hook: Hook) -> Inputs:
    return _named(one for one in reads(hook) if one.by == "forwarding")


def _named(found: Iterable[Read]) -> Inputs:
    return {(one.root, one.path): _name(one.root, one.path, one.name) for one in found}


def _name(root: str, path: Path, name: str) -> str:
    return f"{root}.{name}" if path else f"the whole {root}"


def _beyond(some: Inputs, others: Inputs) -> Inputs:
    """The inputs that are neither among the others nor inside one of them."""
    return {
        (root, path): name
        for (root, path), name in some.items()
        if not any(root == other and path[: len(way)] == way for other, way in others)
    }

"""How the body is read, of which rules and workflow see the result."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from msgspec import UNSET

from gateway.language.meaning import exact
from gateway.language.spec import Hook
from gateway.plan.change import Change
from gateway.plan.shown import json

_FORM = ("as_", "field", "json_in", "charset")


def meaning(hook: Hook) -> Hashable:
    """What is written; compressions in any order, and UTF-8 as what it is without a charset."""
    return _form(hook), _codings(hook)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Another form of the body, other compressions."""
    if _form(old) != _form(new):
        message = "rules and workflow see the body in another form"
        yield Change("receive-changed", ("receive",), message, _shown(old), _shown(new))
    was, now = _codings(old), _codings(new)
    if now - was:
        message = "the hook accepts bodies with another compression"
        yield Change("compression-accepted", ("receive",), message, _shown(old), _shown(new))
    elif was - now:
        message = "the hook no longer accepts bodies with a compression"
        yield Change("compression-refused", ("receive",), message, _shown(old), _shown(new))


def _form(hook: Hook) -> Hashable:
    if hook.receive is UNSET:
        return (UNSET,) * len(_FORM)
    written = {name: getattr(hook.receive, name) for name in _FORM}
    if written["charset"] == "utf-8":
        written["charset"] = UNSET
    return tuple(map(exact, written.values()))


def _codings(hook: Hook) -> frozenset[str]:
    if hook.receive is UNSET or hook.receive.encoding is UNSET:
        return frozenset()
    return frozenset(hook.receive.encoding)


def _shown(hook: Hook) -> str:
    return "" if hook.receive is UNSET else json(hook.receive)

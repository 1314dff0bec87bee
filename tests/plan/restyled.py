"""The same hooks in other words: orders, units, short and long forms, defaults, YAML styles."""

from __future__ import annotations

import json
from collections.abc import Iterable
from random import Random
from typing import Any

import yaml

from gateway.language.spec import OPERATORS
from tests.plan.hooks import INSTANTS, Written

_UNORDERED = {
    *("method", "users", "tokens", "keys", "secrets", "allow_from", "algorithms", "audience"),
    *("forward_headers", "origins", "trust_unsigned", "in", "not_in"),
}
"""Keys of lists whose order says nothing; that of `select` may."""

_SAME: dict[str, str] = {
    "1MiB": "1024KiB",
    "1048576": "1MiB",
    "60/1m": "60/60s",
    "1m": "60s",
    "60s": "1m",
    "5m": "300s",
    "10s": "10000ms",
    "B.example": "b.EXAMPLE",
    "X-Key": "x-key",
    INSTANTS[0]: INSTANTS[0].replace("+00:00", "Z"),
    "X-Event": "x-event",
    "X-A": "x-a",
    "order.total": "/order/total",
    "/order/items": "order.items",
    "a.b": "/a/b",
    "http://flows/run": "http://FLOWS:80/run",
    "::1": "0:0::1/128",
    "192.0.2.7": "192.0.2.7/32",
}
"""Texts of the small world → what means the same. Values that are compared are not among them."""

_LONG = {"workflow": "url", "response": "type", "handshake": "type"}
_DEFAULTS: Written = {"enabled": True, "description": "", "response": "outputs"}


def restyled(hook: Written, chance: Random) -> Written:
    """A hook that means the same."""
    changed = {**hook}
    if chance.random() < 0.5:
        changed = {**_DEFAULTS, "path": f"/hooks/{hook['name']}", **hook}
    if hook.get("authentication", "none") in ("none", {"type": "none"}):
        changed["authentication"] = chance.choice(["none", {"type": "none"}])
    for key, name in _LONG.items():
        if isinstance(changed.get(key), str) and chance.random() < 0.5:
            changed[key] = {name: changed[key]}
    if "match" in changed:
        changed["match"] = _rule(changed["match"], chance)
    shuffled: Written = _shuffled(changed, "", chance)
    return shuffled


def _rule(rule: Written, chance: Random) -> Written:
    """A rule whose alternatives stand in another order."""
    restyled: Written = {}
    for key, inner in rule.items():
        if key in ("any", "all"):
            restyled[key] = [_rule(one, chance) for one in chance.sample(inner, len(inner))]
        elif key == "not":
            restyled[key] = _rule(inner, chance)
        else:
            restyled[key] = inner if isinstance(inner, str) else _rules(inner, chance)
    return restyled


def _rules(rules: Written, chance: Random) -> Written:
    return {name: _condition(rule, chance) for name, rule in rules.items()}


def _condition(rule: Any, chance: Random) -> Any:
    if not isinstance(rule, dict):
        return {"eq": rule} if chance.random() < 0.5 else rule
    if set(rule) <= {"any", "all", "none"}:
        return {name: _condition(inner, chance) for name, inner in rule.items()}
    return rule if set(rule) <= set(OPERATORS) else _rules(rule, chance)


def _shuffled(value: Any, key: str, chance: Random) -> Any:
    """Keys in another order, lists too where that says nothing, texts in other words."""
    if isinstance(value, dict):
        names = chance.sample(sorted(value), len(value))
        return {_same(one, chance): _shuffled(value[one], one, chance) for one in names}
    if isinstance(value, list):
        inner = [_shuffled(one, "", chance) for one in value]
        return chance.sample(inner, len(inner)) if key in _UNORDERED else inner
    return _same(value, chance) if isinstance(value, str) else value


def _same(text: str, chance: Random) -> str:
    return _SAME[text] if text in _SAME and chance.random() < 0.5 else text


def dumped(hooks: Iterable[Written], chance: Random) -> str:
    """The hooks as a file: in block or flow style or as JSON, with comments here and there."""
    return "---\n".join(_document(hook, chance) for hook in hooks)


def _document(hook: Written, chance: Random) -> str:
    if chance.random() < 0.3:
        return json.dumps(hook, indent=chance.choice([None, 2])) + "\n"
    text = yaml.safe_dump(
        hook,
        default_flow_style=chance.choice([True, False, None]),
        indent=chance.choice([2, 6]),
        width=chance.choice([20, 200]),
        sort_keys=False,
    )
    comments = chance.choices(["", "# no: change"], k=chance.randrange(3))
    return "\n".join([*comments, text.rstrip("\n"), "", "# the end"]) + "\n"

"""Templates of which nothing is to be said, told without parsing them: most of them."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from gateway.language.inputs import Slot
from gateway.language.template import FILTERS, PLAIN, SCALAR, BadTemplate, Template, parse, plain
from gateway.language.template.roots import NAMES

_POSITIONS = frozenset(("json", "text", "parameter", "header"))


def sound_templates(slot: Slot, demanded: Set[str]) -> int:
    """How many templates a text has, if each of them is certainly sound; 0 where they have to be
    looked at. `demanded` are members of the body of which rules say something.
    """
    found = plain(slot.text) if slot.position in _POSITIONS else None
    if found is None:
        return 0
    for _, root, name, call, _, _, _, _, optional in found:
        if root == "body":
            if name.partition(".")[0] in demanded or (call and not _has_text(call)):
                return 0
        elif call or name not in NAMES.get(root, ()):
            return 0
        if optional and PLAIN.fullmatch(slot.text) is None:
            return 0
    return len(found)


@lru_cache(1024)
def _has_text(call: str) -> bool:
    """Whether a filter exists, and gives what has a text of some values that a body can have."""
    try:
        template = parse(f"${{body.a | {call}}}")
    except BadTemplate:
        return False
    assert isinstance(template, Template)  # noqa: S101
    (made,) = template.expressions[0].alternatives[0].filters
    gives = FILTERS[made.name].gives
    return gives is None or bool(gives & SCALAR)

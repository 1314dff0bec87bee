"""Every kind of change that a plan can hold: how grave it is, and what it means."""

from __future__ import annotations

from gateway.plan.kinds.access import ACCESS, LIMITS
from gateway.plan.kinds.delivery import DELIVERY
from gateway.plan.kinds.handling import ANSWERS, RULES, SECRETS, WORKFLOWS
from gateway.plan.kinds.hooks import HOOKS, OTHER, URLS
from gateway.plan.kinds.kind import LEVELS, Kind, Level

FAMILIES: dict[str, tuple[Kind, ...]] = {
    "Who may call": ACCESS,
    "Rules": RULES,
    "URLs": URLS,
    "Hooks": HOOKS,
    "The workflow": WORKFLOWS,
    "The answer": ANSWERS,
    "Delivery": DELIVERY,
    "Limits": LIMITS,
    "Secrets": SECRETS,
    "Anything else": OTHER,
}
"""Title of a family → its kinds. Of one level, a plan shows them in this order."""

KINDS: dict[str, Kind] = {kind.name: kind for kinds in FAMILIES.values() for kind in kinds}

ORDER: dict[str, tuple[int, int]] = {
    kind.name: (LEVELS.index(kind.level), index) for index, kind in enumerate(KINDS.values())
}
"""By what a plan is sorted."""

__all__ = ["FAMILIES", "KINDS", "LEVELS", "ORDER", "Kind", "Level"]

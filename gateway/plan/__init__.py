"""What a change of hooks means: not which lines moved, but who may do what after it."""

from gateway.plan.change import Entry, Position
from gateway.plan.kinds import FAMILIES, KINDS, LEVELS, Level
from gateway.plan.plan import plan
from gateway.plan.tree import Tree

__all__ = ["FAMILIES", "KINDS", "LEVELS", "Entry", "Level", "Position", "Tree", "plan"]

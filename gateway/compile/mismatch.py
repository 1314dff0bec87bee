"""What is said of a condition that does not hold, made once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Places = Mapping[str, str]
"""Where conditions are written, as `file:line`, by names such as `match.body.ref`."""


class Mismatch(NamedTuple):
    """A condition that does not hold: `detail` tells the caller, and `reason` the operator, who
    learns where it is written. Neither tells a value.
    """

    detail: str
    reason: str

    def as_its(self, clause: str) -> Mismatch:
        """With what is the matter with the value, where something is."""
        if not clause:
            return self
        return Mismatch(*(f"{said.removesuffix('.')}: {clause}." for said in self))

    def because(self, sentence: str) -> Mismatch:
        """With a sentence more, for both."""
        return Mismatch(f"{self.detail} {sentence}", f"{self.reason} {sentence}")


def mismatch(condition: str, places: Places, sentence: str) -> Mismatch:
    """A sentence on the condition of this name."""
    place = places.get(condition)
    where = f"{condition} ({place})" if place else condition
    return Mismatch(sentence, f"{where}: {sentence}")


def ambiguous(what: str, name: str, where: str) -> str:
    """A sentence on a name that was sent, which can stand for a parameter or for another one."""
    return (
        f"The {where} has a name that some programs read as the {what} {name!r}; "
        "send names without brackets, dots and spaces."
    )


class Part(NamedTuple):
    """A part of a hook that holds conditions: what they are on, and how they are named."""

    what: str
    prefix: str
    places: Places

    def missing(self, name: str) -> Mismatch:
        """The parameter is not there."""
        return self._mismatch(name, f"The {self.what} {name!r} is missing.")

    def other(self, name: str, operator: str) -> Mismatch:
        """The parameter is there, and an operator, empty for equality, does not hold."""
        why = f": {operator!r} does not hold" if operator else ""
        return self._mismatch(name, f"The {self.what} {name!r} does not match{why}.")

    def ambiguous(self, name: str, where: str) -> Mismatch:
        """A name that was sent stands for the parameter in some programs and not in others."""
        return self._mismatch(name, ambiguous(self.what, name, where))

    def _mismatch(self, name: str, sentence: str) -> Mismatch:
        return mismatch(self.prefix + name, self.places, sentence)


BODY_PARAMETERS = Part("body parameter", "match.body.", {})

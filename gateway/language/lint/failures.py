"""Answers to failures: what cannot be handed on, and answers that are never given."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.language.answers import OWN, Kind, kinds_of
from gateway.language.inputs import response_of
from gateway.language.mistake import Mistake
from gateway.language.spec import Failure, Hook
from gateway.language.yaml12 import Steps


def check(hook: Hook) -> Iterator[Mistake]:
    """Failures that cannot be passed on, and those that entries before answer already."""
    answered: frozenset[Kind] = frozenset()
    for index, failure in enumerate(response_of(hook).failures):
        steps = ("response", "failures", index)
        if failure.answer == "pass":
            yield from _passed(failure, (*steps, "workflow"))
        kinds = kinds_of(failure)
        if kinds and kinds <= answered:
            message = "this answer is never given: the entries before it answer these failures"
            yield Mistake("unreachable", (*steps, "workflow"), message, "remove it, or move it up")
        answered |= kinds


def _passed(failure: Failure, steps: Steps) -> Iterator[Mistake]:
    listed = isinstance(failure.workflow, list)
    named = failure.workflow if isinstance(failure.workflow, list) else [failure.workflow]
    for index, one in enumerate(named):
        place = (*steps, index) if listed else steps
        if one in OWN:
            message = f"{one} is never passed on: it is about the gateway's own {OWN[one]}"
            yield Mistake("bad-failure", place, message, "write an answer")
        elif one != "4xx" and not (isinstance(one, int) and 400 <= one < 500):
            message = f"only a 4xx answer of the workflow can be passed on, not '{one}'"
            yield Mistake("bad-failure", place, message, "write `report`, or an answer")

"""All templates of a hook together: what is made of a request for its workflow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.compile.mismatch import Places
from gateway.compile.payload import WITH_BODY, Payload
from gateway.compile.templates.blame import where_in
from gateway.compile.templates.data import Fill, compile_data, compile_parameters, unescaped
from gateway.compile.templates.foreseen import LACKING, Foresee, compile_foreseen
from gateway.compile.templates.headers import Lines, compile_headers
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.outcome import Keep, compile_keep
from gateway.compile.templates.quick import Quick, compile_quick
from gateway.compile.templates.replacement import Replace, compile_replacement
from gateway.compile.templates.target import Target, compile_target
from gateway.language.answers import answers_of, references
from gateway.language.inputs import Slot, expressions, key_slots, slots
from gateway.language.spec import Hook, Workflow
from gateway.language.template import plain
from gateway.language.values import Path

_BODY = ("workflow", "body")


class Mapped:
    """What is filled in for each request; None is what is the same for all of them.

    It is compiled for the first request that needs it: reading the hook has shown that it can be,
    and many hooks start together. `members` are those of `workflow.body` that are fixed. `any` says
    whether anything is made of the inputs. `reads_body` counts the keys of runs, which the
    workflow is not sent.
    """

    def __init__(self, hook: Hook, workflow: Workflow, places: Places) -> None:
        filled = list(slots(hook))
        read_again = [*_read_again(hook)]
        self._hook = hook
        self._workflow = workflow
        self._where = where_in(places)
        self.members: Mapping[str, Any] = unescaped(workflow.body)
        self.replaces = workflow.data is not UNSET
        self.any = any(map(_is_filled, filled)) or bool(read_again)
        self.reads_body = "body" in read_again or any(map(_reads_body, (*filled, *key_slots(hook))))

    @cached_property
    def json(self) -> Fill | None:
        """What fills in all members of `workflow.body`, where they are sent as JSON."""
        return compile_data(self._workflow.body, _BODY, self._where)

    @cached_property
    def parameters(self) -> Fill | None:
        """The same where they are sent in a query or a form."""
        return compile_parameters(self._workflow.body, _BODY, self._where)

    @cached_property
    def replace(self) -> Replace | None:
        """What makes the data that is sent in place of what was received."""
        return compile_replacement(self._workflow, self._where)

    @cached_property
    def quick(self) -> Quick | None:
        """What makes it of a JSON body that is short."""
        workflow = self._workflow
        is_json = workflow.method in WITH_BODY and workflow.format in (UNSET, "json")
        if not is_json or not isinstance(workflow.data, dict):
            return None
        made = compile_quick(workflow.data, self._hook.name, self._where)
        others = (self.target, self.lines, self.keep, self.foresee)
        if made is None or not any(others):
            return made
        return msgspec.structs.replace(made, alone=False)

    @cached_property
    def target(self) -> Target | None:
        """What makes the path and the query."""
        return compile_target(self._workflow, self._where)

    @cached_property
    def lines(self) -> Lines | None:
        """What makes the header lines."""
        return compile_headers(self._workflow, self._where)

    @cached_property
    def keep(self) -> Keep | None:
        """What holds back the inputs of the request that the answer reads."""
        read = _read_again(self._hook)
        return compile_keep(read.get("body", ())) if {"body", "query"} & read.keys() else None

    @cached_property
    def foresee(self) -> Foresee | None:
        """What tries those of them that the request decides."""
        return compile_foreseen(self._hook, self._where)

    def addressed(self, payload: Payload, inputs: Inputs) -> Payload:
        """The payload with its target and its headers. Raises Unmappable."""
        if self.keep is not None:
            inputs.exchange.kept = self.keep(inputs)
        if self.foresee is not None:
            self.foresee(inputs.exchange)
        if self.target is None and self.lines is None and not inputs.drawn:
            return payload
        target = "" if self.target is None else self.target(inputs)
        lines = None if self.lines is None else self.lines(inputs)
        return msgspec.structs.replace(payload, target=target, lines=lines, run=inputs.drawn)


def _is_filled(slot: Slot) -> bool:
    return bool(plain(slot.text)) or any(True for _ in expressions(slot))


def _reads_body(slot: Slot) -> bool:
    if "body" not in slot.text:  # a quick look, which most templates of other inputs pass
        return False
    found = plain(slot.text)
    if found is not None:
        return any(root == "body" for _, root, *_ in found)
    return any(one.root == "body" for each in expressions(slot) for one in each.references)


def _read_again(hook: Hook) -> dict[str, list[Path]]:
    """What the templates of the answers read that a request may lack, by its roots."""
    found: dict[str, list[Path]] = {}
    for written in answers_of(hook):
        for one in references(written):
            if one.root in LACKING:
                found.setdefault(one.root, []).append(one.path)
    return found

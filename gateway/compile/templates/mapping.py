"""All templates of a hook together: what is made of a request for its workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.compile.mismatch import Places
from gateway.compile.payload import Payload
from gateway.compile.templates.blame import where_in
from gateway.compile.templates.data import Fill, compile_data, compile_parameters, unescaped
from gateway.compile.templates.foreseen import Foresee, compile_foreseen
from gateway.compile.templates.headers import Lines, compile_headers
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.outcome import Keep, compile_keep
from gateway.compile.templates.replacement import Replace, compile_replacement
from gateway.compile.templates.target import Target, compile_target
from gateway.language.answers import answers_of, references
from gateway.language.inputs import Slot, expressions, slots
from gateway.language.spec import Hook, Workflow
from gateway.language.values import Path


class Mapped(msgspec.Struct, frozen=True):
    """What is filled in for each request; None is what is the same for all of them.

    `members` are those of `workflow.body` that are fixed, `json` and `parameters` fill in all of
    them for the two ways to send them. `replace` makes the data that is sent in place of what was
    received; `target` and `lines` address it. `keep` holds back what the answer reads of the
    request, and `foresee` tries it. `any` says whether anything is made of the inputs.
    """

    members: Mapping[str, Any]
    json: Fill | None
    parameters: Fill | None
    replace: Replace | None
    target: Target | None
    lines: Lines | None
    keep: Keep | None
    foresee: Foresee | None
    any: bool
    reads_body: bool

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


def compile_mapping(hook: Hook, workflow: Workflow, places: Places) -> Mapped:
    """The templates of a hook, which is called by `workflow`, resolved once."""
    where = where_in(places)
    steps = ("workflow", "body")
    filled = list(slots(hook))
    keep = _keep(hook)
    foresee = compile_foreseen(hook, where)
    target = compile_target(workflow, where)
    lines = compile_headers(workflow, where)
    json = compile_data(workflow.body, steps, where)
    replace = compile_replacement(workflow, where)
    return Mapped(
        members=unescaped(workflow.body),
        json=json,
        parameters=compile_parameters(workflow.body, steps, where),
        replace=replace,
        target=target,
        lines=lines,
        keep=keep,
        foresee=foresee,
        any=any(map(_is_filled, filled)) or keep is not None or foresee is not None,
        reads_body=any(map(_reads_body, filled)) or bool(_read_again(hook, "body")),
    )


def _is_filled(slot: Slot) -> bool:
    return any(True for _ in expressions(slot))


def _reads_body(slot: Slot) -> bool:
    if "body" not in slot.text:  # a quick look, which most templates of other inputs pass
        return False
    return any(one.root == "body" for each in expressions(slot) for one in each.references)


def _keep(hook: Hook) -> Keep | None:
    body = _read_again(hook, "body")
    return compile_keep(body) if body or _read_again(hook, "query") else None


def _read_again(hook: Hook, root: str) -> list[Path]:
    """What the templates of the answers read of a root."""
    found = (one for written in answers_of(hook) for one in references(written))
    return [one.path for one in found if one.root == root]

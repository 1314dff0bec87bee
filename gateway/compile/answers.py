"""Answers of a hook's own: their headers and bodies, filled in once the workflow was called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from gateway.compile.answer import NO_STORE, Answer, Headers
from gateway.compile.mismatch import Places
from gateway.compile.paths import MISSING
from gateway.compile.templates.blame import Spot, Where, where_in
from gateway.compile.templates.data import compile_data, unescaped
from gateway.compile.templates.expressions import compile_text
from gateway.compile.templates.headers import compile_header
from gateway.compile.templates.inputs import Find
from gateway.compile.templates.outcome import Outcome
from gateway.compile.templates.target import compile_location
from gateway.errors import Unmappable, WorkflowFailure
from gateway.language import spec
from gateway.language.answers import WITHOUT_BODY, is_text
from gateway.language.literals import encode_json
from gateway.language.template import Template, parse

if TYPE_CHECKING:
    from gateway.language.yaml12 import Steps

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
NO_SNIFFING = (b"x-content-type-options", b"nosniff")

Render = Callable[[Outcome], Answer]
"""It raises WorkflowFailure where the answer cannot be made."""
Make = Callable[[Outcome], Answer]
"""The same, but it raises Unmappable."""
Made = tuple[Headers, bytes]
"""The headers that say what a body is, and the body."""
Lines = Callable[[Outcome], Headers]


def compile_answer(written: spec.Response | spec.Answer, steps: Steps, places: Places) -> Render:
    """What makes an answer of the hook's own, after the workflow was called."""
    make = compile_made(written, steps, places)

    def render(outcome: Outcome) -> Answer:
        try:
            return make(outcome)
        except Unmappable as error:
            raise unusable(outcome, error) from error

    return render


def compile_made(written: spec.Response | spec.Answer, steps: Steps, places: Places) -> Make:
    """What makes an answer of the hook's own."""
    where = where_in(places)
    headers, lines = compile_headers(written.headers, (*steps, "headers"), where)
    status = written.status
    fill = _nothing if status in WITHOUT_BODY else _body(written, (*steps, "body"), where)

    def make(outcome: Outcome) -> Answer:
        typed, body = fill(outcome)
        filled = lines(outcome) if lines is not None else ()
        return Answer(status, (*typed, *headers, *filled), body)

    return make


def compile_headers(
    written: Mapping[str, str], steps: Steps, where: Where
) -> tuple[Headers, Lines | None]:
    """The headers that are the same in all answers, and what fills in the others, if any."""
    fixed, filled = [], []
    for name, value in written.items():
        key, template = name.lower().encode(), parse(value)
        if isinstance(template, str):
            fixed.append((key, template.encode()))
        else:
            filled.append((key, compile_header_of(name, value, template, where((*steps, name)))))
    if NO_STORE[0] not in {key for key, _ in (*fixed, *filled)}:
        fixed.append(NO_STORE)
    if not filled:
        return tuple(fixed), None

    def lines(outcome: Outcome) -> Headers:
        made = [(key, find(outcome)) for key, find in filled]
        return tuple((key, value) for key, value in made if value is not MISSING)

    return tuple(fixed), lines


def unusable(outcome: Outcome, error: Unmappable) -> WorkflowFailure:
    """The failure of an activation whose answer cannot be made."""
    reason = error.detail[:1].lower() + error.detail[1:].rstrip(".")
    return WorkflowFailure(reason, outcome.status, logged=error.reason)


def compile_header_of(name: str, value: str, template: Template, where: Spot | str) -> Find:
    """What makes the bytes of an answer's header, MISSING where it is left out. It raises
    Unmappable.
    """
    location = compile_location(value, where) if name.lower() == "location" else None
    return compile_header(template, where, location)


def _nothing(_outcome: Outcome) -> Made:
    return (), b""


def _body(
    written: spec.Response | spec.Answer, steps: Steps, where: Where
) -> Callable[[Outcome], Made]:
    if written.body is UNSET:
        return _nothing
    as_text = is_text(written)
    headers = ((b"content-type", _type(written, as_text).encode()), NO_SNIFFING)
    encode: Callable[[Any], bytes] = str.encode if as_text else encode_json
    fill = _fill(written.body, steps, where, as_text)
    if fill is None:
        fixed = headers, encode(unescaped(written.body))
        return lambda _outcome: fixed

    def make(outcome: Outcome) -> Made:
        value = fill(outcome)
        return ((NO_SNIFFING,), b"") if value is MISSING else (headers, encode(value))

    return make


def _fill(body: Any, steps: Steps, where: Where, as_text: bool) -> Find | None:
    if not as_text:
        return compile_data(body, steps, where)
    template = parse(body)
    return compile_text(template, where(steps)) if isinstance(template, Template) else None


def _type(written: spec.Response | spec.Answer, as_text: bool) -> str:
    if written.content_type is UNSET:
        return TEXT if as_text else JSON
    plain = written.content_type.startswith("text/") and ";" not in written.content_type
    return f"{written.content_type}; charset=utf-8" if plain else written.content_type

"""What the caller is answered."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import permutations

from msgspec import UNSET, UnsetType

from gateway.language.answers import REDIRECT, answer_slots, answers_of, references
from gateway.language.inputs import response_of
from gateway.language.meaning import exact
from gateway.language.spec import Answer, Hook, Response
from gateway.language.template import BadTemplate
from gateway.language.template.url import parse_location
from gateway.language.template.values import parsed
from gateway.language.values import Path, parse_path
from gateway.plan.change import Change
from gateway.plan.shown import header_values, json, listed
from gateway.plan.subjects import failures, templates

_STEPS = ("response",)
_BODY = "body"


def meaning(hook: Hook) -> Hashable:
    """The long form: which outputs, which status, which headers, which answers to failures."""
    written = response_of(hook)
    shown = written.type if _is_outputs(written) else "", _order(_paths(hook))
    return shown, written.status, _headers(written), _body(written), failures.meaning(hook)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """What callers see of the workflow's answer, then the rest of the answers."""
    was, now = response_of(old), response_of(new)
    yield from _outputs(old, new)
    if was.status != now.status:
        message = f"a successful answer has the status {now.status}"
        steps = (*_STEPS, "status")
        yield Change("response-status-changed", steps, message, str(was.status), str(now.status))
    yield from _redirects(old, new)
    if _headers(was) != _headers(now):
        message, steps = "a successful answer has other headers", (*_STEPS, "headers")
        shown = header_values(was.headers), header_values(now.headers)
        yield Change("response-headers-changed", steps, message, *shown)
    if _body(was) != _body(now):
        message, steps = "a successful answer has another body", (*_STEPS, _BODY)
        yield Change("response-body-changed", steps, message, json(was.body), json(now.body))
    yield from failures.compare(old, new)
    yield from templates.loosened(_STEPS, answer_slots(old), new)


def _outputs(old: Hook, new: Hook) -> Iterator[Change]:
    before, after = _paths(old), _paths(new)
    if _order(before) == _order(after):
        return
    was, now = response_of(old), response_of(new)
    keys = ("type", "select", _BODY, "headers", "failures")
    key = next((key for key in keys if _differs(was, now, key)), "status")
    steps, shown = (*_STEPS, key), (_shown(was), _shown(now))
    less = not _covers(after, before)
    if not less or not _covers(before, after):
        message = f"callers may see more of what the workflow answers: {_shown(now)}"
        yield Change("response-widened", steps, message, *shown)
    if less:
        message = f"callers see less of what the workflow answers: {_shown(now)}"
        yield Change("response-narrowed", steps, message, *shown)


def _differs(old: Response, new: Response, key: str) -> bool:
    return exact(getattr(old, key)) != exact(getattr(new, key))


def _is_outputs(written: Response) -> bool:
    """Whether the body is what the workflow answers, all or a part of it, or a report."""
    return written.body is UNSET and written.status != REDIRECT


def _paths(hook: Hook) -> tuple[Path, ...]:
    """The paths below which callers see what the workflow answers, in order.

    Outputs are below `body`, headers below `headers`; answers to failures begin with `failures`.
    """
    written, found = response_of(hook), list[Path]()
    if _is_outputs(written) and written.type == "outputs":
        selected = [""] if isinstance(written.select, UnsetType) else written.select
        found += [(_BODY, *(parse_path(path) if path else ())) for path in selected]
    for answer in answers_of(hook):
        before: Path = () if answer.kinds is None else ("failures",)
        seen = (one for one in references(answer) if one.root == "workflow")
        found += [(*before, *one.path) for one in seen if one.path[0] in (_BODY, "headers")]
    return tuple(dict.fromkeys([*found, *failures.passed(hook)]))


def _order(paths: tuple[Path, ...]) -> Hashable:
    """The order says something only where one path leads into another."""
    overlapping = any(_covers((one,), (other,)) for one, other in permutations(paths, 2))
    return paths if overlapping else frozenset(paths)


def _covers(paths: Sequence[Path], others: Sequence[Path]) -> bool:
    """Whether all that the others show is shown by the paths."""
    return all(any(other[: len(path)] == path for path in paths) for other in others)


def _shown(written: Response) -> str:
    failing = f", {failures.shown(written)}" if written.failures else ""
    if written.body is not UNSET:
        return json(written.body) + failing
    if written.status == REDIRECT:
        return "a redirect" + failing
    if isinstance(written.select, UnsetType):
        return ("a report" if written.type == "status" else "all outputs") + failing
    return listed(written.select) + failing


def _redirects(old: Hook, new: Hook) -> Iterator[Change]:
    """Hosts to which callers were not sent before."""
    before, after = _places(old), _places(new)
    for steps, origin in after.items():
        if origin not in before.values():
            message = f"callers are sent to {origin or 'a path of the gateway'}"
            yield Change("redirect-changed", (*steps, "headers"), message, now=origin)


def _places(hook: Hook) -> dict[tuple[str | int, ...], str]:
    """Where redirects lead: the way to an answer → scheme, host and port."""
    return {
        one.steps: _origin(one.answer) for one in answers_of(hook) if one.answer.status == REDIRECT
    }


def _origin(answer: Response | Answer) -> str:
    location = next((v for name, v in answer.headers.items() if name.lower() == "location"), "")
    try:
        return parse_location(location).origin.lower()
    except BadTemplate:
        return location


def _headers(written: Response) -> Hashable:
    return exact({name.lower(): parsed(value) for name, value in written.headers.items()})


def _body(written: Response) -> Hashable:
    if written.body is UNSET:
        return None
    return exact(parsed(written.body)), exact(written.content_type)

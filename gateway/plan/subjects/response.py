"""What the caller is answered."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import permutations

from msgspec import UnsetType

from gateway.language.lint.parts import response_of
from gateway.language.meaning import exact
from gateway.language.spec import Hook, Response
from gateway.language.values import Path, parse_path
from gateway.plan.change import Change
from gateway.plan.shown import header_values, listed

_STEPS = ("response",)


def meaning(hook: Hook) -> Hashable:
    """The long form: which outputs, which status, which headers."""
    written = response_of(hook)
    return written.type, _order(_paths(written)), written.status, _headers(written)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """What callers see of the outputs, then the rest of the answer."""
    was, now = response_of(old), response_of(new)
    yield from _outputs(was, now)
    if was.status != now.status:
        message = f"a successful answer has the status {now.status}"
        steps = (*_STEPS, "status")
        yield Change("response-status-changed", steps, message, str(was.status), str(now.status))
    if _headers(was) != _headers(now):
        message, steps = "a successful answer has other headers", (*_STEPS, "headers")
        shown = header_values(was.headers), header_values(now.headers)
        yield Change("response-headers-changed", steps, message, *shown)


def _outputs(old: Response, new: Response) -> Iterator[Change]:
    before, after = _paths(old), _paths(new)
    if _order(before) == _order(after):
        return
    steps = (*_STEPS, "type" if old.type != new.type else "select")
    less = not _covers(after, before)
    if not less or not _covers(before, after):
        message = f"callers may see more of what the workflow answers: {_shown(new)}"
        yield Change("response-widened", steps, message, _shown(old), _shown(new))
    if less:
        message = f"callers see less of what the workflow answers: {_shown(new)}"
        yield Change("response-narrowed", steps, message, _shown(old), _shown(new))


def _paths(written: Response) -> tuple[Path, ...]:
    """The paths below which callers see the outputs."""
    if written.type == "status":
        return ()
    if isinstance(written.select, UnsetType):
        return ((),)
    return tuple(map(parse_path, written.select))


def _order(paths: tuple[Path, ...]) -> Hashable:
    """The order says something only where one path leads into another."""
    overlapping = any(_covers((one,), (other,)) for one, other in permutations(paths, 2))
    return paths if overlapping else frozenset(paths)


def _covers(paths: Sequence[Path], others: Sequence[Path]) -> bool:
    """Whether all that the others show is shown by the paths."""
    return all(any(other[: len(path)] == path for path in paths) for other in others)


def _shown(written: Response) -> str:
    if isinstance(written.select, UnsetType):
        return "a report" if written.type == "status" else "all outputs"
    return listed(written.select)


def _headers(written: Response) -> Hashable:
    return exact({name.lower(): value for name, value in written.headers.items()})

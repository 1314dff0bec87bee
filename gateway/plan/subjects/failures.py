"""What the caller is answered if the workflow fails."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache

from gateway.language.answers import EVERY, OWN, Kind, kinds_of
from gateway.language.inputs import response_of
from gateway.language.meaning import exact
from gateway.language.spec import Answer, Failure, Hook, Response
from gateway.language.template.values import parsed
from gateway.language.values import Path
from gateway.plan.change import Change
from gateway.plan.shown import json, listed

_STEPS = ("response", "failures")
_REPORT: Hashable = "report"


def meaning(hook: Hook) -> Hashable:
    """The answer to each failure."""
    if not response_of(hook).failures:
        return None
    answers = frozenset(_answers(hook).items())
    return None if all(answer == _REPORT for _, answer in answers) else answers


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Failures that look like success, then any other answer."""
    was, now = response_of(old), response_of(new)
    before, after = _answers(old), _answers(new)
    if before == after:
        return
    texts = shown(was), shown(now)
    hidden = [kind for kind in after if _succeeds(after[kind]) and not _succeeds(before[kind])]
    if hidden:
        message = f"a failure of the workflow is answered with success: {_named(hidden)}"
        yield Change("failure-hidden", _STEPS, message, *texts)
    changed = [kind for kind in after if after[kind] != before[kind]]
    message = f"failures of the workflow have other answers: {_named(changed)}"
    yield Change("failures-changed", _STEPS, message, *texts)


def passed(hook: Hook) -> Iterator[Path]:
    """The answers of the workflow that callers see whole, each as a path of its own."""
    for kind, answer in sorted(_answers(hook).items(), key=str):
        if answer == "pass":
            yield "failures", f"pass {kind}"


def shown(written: Response) -> str:
    """The answers to failures, for people."""
    return listed(f"{json(one.workflow)}: {_shown(one.answer)}" for one in written.failures)


def _shown(answer: str | Answer) -> str:
    if isinstance(answer, str):
        return answer
    return f"{answer.status} {json(answer.body)}".rstrip()


def _answers(hook: Hook) -> dict[Kind, Hashable]:
    """Every failure → what it is answered."""
    answers: dict[Kind, Hashable] = {}
    for failure in response_of(hook).failures:
        answer = _answer(failure)
        answers = dict.fromkeys(kinds_of(failure), answer) | answers
    return dict.fromkeys(EVERY, _REPORT) | answers


def _answer(failure: Failure) -> Hashable:
    answer = failure.answer
    if isinstance(answer, str):
        return answer
    headers = {name.lower(): parsed(value) for name, value in answer.headers.items()}
    return answer.status, exact(headers), exact(parsed(answer.body)), exact(answer.content_type)


def _succeeds(answer: Hashable) -> bool:
    return isinstance(answer, tuple) and answer[0] < 400


def _named(kinds: list[Kind]) -> str:
    """A few of many failures by name."""
    found = set(kinds)
    names = [name for name, whole in _whole().items() if whole <= found]
    rest = found.difference(*(_whole()[name] for name in names))
    return listed([*names, *sorted(map(str, rest))])


@cache
def _whole() -> dict[str, frozenset[Kind]]:
    """The classes of status codes, of 4xx those that can be passed on."""
    found = {f"{one}xx": frozenset[Kind](range(one * 100, one * 100 + 100)) for one in (3, 4, 5)}
    return found | {"4xx": found["4xx"] - OWN.keys()}

"""Whatever makes a refused request accepted is told as a risk."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.language.codes import CODES
from gateway.language.decode import convert
from gateway.language.lint import lint
from gateway.language.spec import Hook
from gateway.plan import KINDS
from gateway.plan.subjects import compare
from tests.plan.hooks import KEYS, Written, hook
from tests.plan.judge import Judge, owns
from tests.plan.requests import Request, request_for
from tests.support.thorough import cases


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(tmp_path_factory.mktemp("secrets"))


OFTEN = ("authentication", "match", "match", "allow_from", "handshake", "workflow", "limits")


def changed(written: Written, chance: Random) -> Written:
    """The hook with a key that is new, gone, or changed in a part; sometimes with two of them."""
    new = {**written}
    for key in chance.sample([*KEYS, *OFTEN], chance.choice([1, 1, 1, 2])):
        value = KEYS[key](chance)
        if chance.random() < 0.1 and key not in ("method", "workflow"):
            new.pop(key, None)
        else:
            new[key] = mixed(new.get(key), value, chance)
    return new


def mixed(old: Any, new: Any, chance: Random) -> Any:
    """Of two mappings of one type some parts each, of two lists some entries."""
    if isinstance(old, list) and isinstance(new, list) and chance.random() < 0.7:
        kept = [one for one in old if chance.random() < 0.5]
        return [*kept, *(one for one in new if one not in kept)]
    if not (isinstance(old, dict) and isinstance(new, dict)) or chance.random() < 0.1:
        return new
    if old.get("type") != new.get("type") or ("query" in old) != ("query" in new):
        return new
    names = [name for name in {**old, **new} if chance.random() < 0.5]
    parts = {name: mixed(old.get(name), new[name], chance) for name in names if name in new}
    return {**old, **parts}


def specs(chance: Random) -> tuple[Hook, Hook]:
    """A hook and a changed one, both without errors."""
    while True:
        written = hook(chance)
        found = convert(written), convert(changed(written, chance))
        if all(map(is_sound, found)):
            return found


def is_sound(one: Hook) -> bool:
    return all(CODES[found.code].severity != "error" for found in lint(one, datetime.now(UTC)))


def opens(judge: Judge, old: Hook, new: Hook, request: Request) -> bool:
    """Whether the old hook was asked and refused, and the new one takes the request."""
    asked = old.enabled and owns(old, request.path)
    return asked and judge.takes(new, request) and not judge.takes(old, request)


def test_what_opens_a_hook_is_told_as_a_risk(judge: Judge) -> None:
    opened = 0

    @settings(max_examples=cases(1000), deadline=None)
    @given(st.randoms(use_true_random=True))
    def whatever_changes(chance: Random) -> None:
        nonlocal opened
        old, new = specs(chance)
        told = {KINDS[change.kind].level for change in compare(old, new)}
        for _ in range(3):
            request = request_for(chance.choice([new, new, old]), chance)
            if opens(judge, old, new, request):
                assert "risk" in told, request
                opened += 1

    whatever_changes()
    # about a tenth: the world is one in which hooks are opened
    assert opened > cases(1000) * 0.03

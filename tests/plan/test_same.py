"""What means the same is no change, however it was written."""

from __future__ import annotations

from pathlib import Path
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.language.source import Source
from gateway.plan import Tree, plan
from tests.plan.hooks import hook
from tests.plan.restyled import dumped, restyled
from tests.support.thorough import cases

EXAMPLES = Path(__file__).parents[2] / "hooks.d"


def read(text: str) -> Tree:
    return Tree("tree", "", [Source("hooks.yaml", text.encode())])


@settings(max_examples=cases(200), deadline=None)
@given(st.randoms(use_true_random=True))
def test_other_words_for_the_same_are_no_change(chance: Random) -> None:
    written = [hook(chance), {**hook(chance), "name": "vienna", "path": "/vienna"}]
    old = read(dumped(written, chance))
    assume(not old.errors)
    again = [restyled(one, chance) for one in chance.sample(written, len(written))]
    new = read(dumped(again, chance))
    assert new.errors == ()
    assert plan(old, old) == ()
    assert plan(old, new) == ()


def test_the_examples_do_not_differ_from_themselves() -> None:
    sources = [Source(path.name, path.read_bytes()) for path in sorted(EXAMPLES.glob("*.yaml"))]
    assert plan(Tree("old", "", sources), Tree("new", "", sources[::-1])) == ()

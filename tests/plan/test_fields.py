"""Nothing that an author can write changes in silence: every key of the language is compared."""

from __future__ import annotations

import pytest

from gateway.language.decode import convert
from gateway.language.schema.hints import structs
from gateway.language.spec import Hook
from gateway.plan import KINDS
from gateway.plan.subjects import SUBJECTS, Subject, compare, told
from tests.plan.fields import KEYS

EACH = [(struct, key) for struct, keys in KEYS.items() for key in keys.pairs]


def test_every_key_of_the_language_is_changed_here() -> None:
    written = {name: set(struct.__struct_encode_fields__) for name, struct in structs().items()}
    assert {name: set(keys.pairs) for name, keys in KEYS.items()} == written


@pytest.mark.parametrize(("struct", "key"), EACH, ids=[".".join(one) for one in EACH])
def test_a_change_of_one_key_is_told_in_both_directions(struct: str, key: str) -> None:
    place, found = KEYS[struct]
    was, now = (convert(place(mapping)) for mapping in found[key])
    for old, new in ((was, now), (now, was)):
        kinds = [change.kind for change in compare(old, new)]
        assert kinds
        assert "unclassified" not in kinds
        assert list(compare(old, old)) == []


def test_every_key_of_a_hook_is_a_subject() -> None:
    assert list(SUBJECTS) == list(Hook.__struct_fields__)


class NewerHook(Hook, frozen=True, kw_only=True):
    """A hook of a later version of the language, which this plan has not learned yet."""

    sandbox: str = "on"


def test_what_the_plan_has_no_word_for_is_a_risk_and_not_silence() -> None:
    was = NewerHook(name="a", workflow="http://w/")
    now = NewerHook(name="a", workflow="http://w/", sandbox="off")
    (change,) = compare(was, now)
    assert (change.kind, change.was, change.now) == ("unclassified", '"on"', '"off"')
    assert KINDS["unclassified"].level == "risk"


def test_a_subject_that_says_nothing_is_not_believed() -> None:
    mute = Subject(lambda hook: hook.name, lambda _old, _new: iter(()))
    was, now = Hook(name="a", workflow="http://w/"), Hook(name="b", workflow="http://w/")
    assert [change.kind for change in told("name", mute, was, now)] == ["unclassified"]
    assert list(told("name", mute, was, was)) == []

"""What serves after a look: nobody's mistake takes a working hook away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.reload.resolve import Files, Resolution, resolve
from tests.reload.hooks import hook

BROKEN = "name: [\n"


def step(texts: Mapping[str, str], prior: Files | None = None, unreadable: str = "") -> Resolution:
    sources = [Source(name, text.encode()) for name, text in texts.items()]
    problems = [_unreadable(unreadable)] if unreadable else []
    return resolve(sources, problems, prior or {}, read_source)


def _unreadable(name: str) -> Diagnostic:
    return Diagnostic(
        file=name, place=Place(1, 1, 1, 1), severity="error", code="unreadable", message="no"
    )


def serving(found: Resolution) -> dict[str, str]:
    """Name → workflow's last letter, with '!' where it is stale."""
    return {
        one.spec.name: str(one.spec.workflow)[-1] + ("!" if adopted.stale else "")
        for adopted in found.files.values()
        for one in adopted.hooks
    }


def at(name: str, path: str, letter: str = "x") -> str:
    return hook(name, f"http://127.0.0.1/{letter}", f"path: {path}\n")


def test_a_broken_file_keeps_its_hooks_and_hurts_no_other() -> None:
    before = step({"a": at("a", "/a", "1"), "b": at("b", "/b", "1")})
    found = step({"a": BROKEN, "b": at("b", "/b", "2")}, before.files)
    assert serving(found) == {"a": "1!", "b": "2"}
    assert {one.file for one in found.diagnostics if one.severity == "error"} == {"a"}


def test_a_file_that_is_mended_serves_again_as_it_is() -> None:
    found = step({"a": at("a", "/a", "1")})
    for _ in range(3):
        found = step({"a": BROKEN}, found.files)
    assert serving(found) == {"a": "1!"}
    assert serving(step({"a": at("a", "/a", "2")}, found.files)) == {"a": "2"}


def test_an_emptied_file_keeps_its_hooks() -> None:
    before = step({"a": at("a", "/a", "1"), "b": at("b", "/b", "1")})
    assert serving(step({"a": "", "b": at("b", "/b", "1")}, before.files)) == {"a": "1!", "b": "1"}


def test_one_broken_document_keeps_the_whole_file_as_it_was() -> None:
    before = step({"a": at("a", "/a", "1") + "---\n" + at("b", "/b", "1")})
    found = step({"a": at("a", "/a", "2") + "---\n" + BROKEN}, before.files)
    assert serving(found) == {"a": "1!", "b": "1!"}


def test_at_a_cold_start_the_sound_hooks_of_a_broken_file_serve() -> None:
    found = step({"a": at("a", "/a", "1") + "---\nname: b\nmetod: POST\n"})
    assert serving(found) == {"a": "1"}
    assert [one.name for one in found.files["a"].broken] == ["b"]


def test_a_file_that_never_was_good_is_taken_over_as_far_as_it_is_sound() -> None:
    before = step({"a": at("a", "/a", "1") + "---\nname: b\nmetod: POST\n"})
    found = step({"a": at("a", "/a", "2") + "---\nname: b\nmetod: POST\n"}, before.files)
    assert serving(found) == {"a": "2"}
    assert serving(step({"a": BROKEN}, found.files)) == {"a": "2!"}


def test_a_file_that_is_gone_is_removed() -> None:
    before = step({"a": at("a", "/a"), "b": at("b", "/b")})
    assert serving(step({"b": at("b", "/b")}, before.files)) == {"b": "x"}


def test_a_file_that_cannot_be_read_keeps_its_hooks() -> None:
    before = step({"a": at("a", "/a"), "b": at("b", "/b")})
    assert serving(step({"b": at("b", "/b")}, before.files, "a")) == {"a": "x!", "b": "x"}


def test_files_below_a_directory_that_cannot_be_read_keep_their_hooks() -> None:
    before = step({"team/a": at("a", "/a"), "teams": at("b", "/b")})
    assert serving(step({"teams": at("b", "/b")}, before.files, "team")) == {"a": "x!", "b": "x"}


def test_a_file_renamed_and_broken_in_one_step_keeps_its_hooks() -> None:
    before = step({"a": at("a", "/a", "1"), "z": at("z", "/z")})
    found = step({"b": "name: a\nmetod: POST\n", "z": at("z", "/z")}, before.files)
    assert serving(found) == {"a": "1!", "z": "x"}
    assert serving(step({"b": at("a", "/a", "2"), "z": at("z", "/z")}, found.files)) == {
        "a": "2",
        "z": "x",
    }


@pytest.mark.parametrize("first", ["a", "c"])
def test_of_two_files_that_claim_a_path_the_one_that_serves_keeps_it(first: str) -> None:
    owner = {first: at(first, "/same", "1")}
    before = step({**owner, "b": at("b", "/b")})
    other = "c" if first == "a" else "a"
    found = step({**owner, "b": at("b", "/b"), other: at(other, "/same", "2")}, before.files)
    assert serving(found) == {first: "1", "b": "x"}
    assert [one.name for one in found.files[other].broken] == [other]


def test_at_a_cold_start_the_first_by_name_has_a_path_that_two_claim() -> None:
    found = step({"b": at("b", "/same"), "a": at("a", "/same")})
    assert serving(found) == {"a": "x"}


def test_both_files_that_claim_a_path_or_a_name_are_told() -> None:
    for texts in (
        {"a": at("a", "/same"), "b": at("b", "/same")},
        {"a": at("same", "/a"), "b": at("same", "/b")},
    ):
        assert {one.file for one in step(texts).diagnostics} == {"a", "b"}


def test_a_hook_that_moves_onto_another_s_path_stays_where_it_was() -> None:
    before = step({"a": at("a", "/a"), "b": at("b", "/b")})
    found = step({"a": at("a", "/b", "2"), "b": at("b", "/b")}, before.files)
    assert serving(found) == {"a": "x!", "b": "x"}


def test_whoever_takes_the_path_of_a_hook_that_has_to_stay_has_to_stay_too() -> None:
    before = step({"a": at("a", "/a"), "b": at("b", "/b"), "c": at("c", "/c")})
    texts = {"a": at("a", "/b"), "b": BROKEN, "c": at("c", "/a")}
    found = step(texts, before.files)
    assert serving(found) == {"a": "x!", "b": "x!", "c": "x!"}


def test_two_hooks_may_exchange_their_paths() -> None:
    before = step({"a": at("a", "/a"), "b": at("b", "/b")})
    found = step({"a": at("a", "/b", "2"), "b": at("b", "/a", "2")}, before.files)
    assert serving(found) == {"a": "2", "b": "2"}


def test_a_hook_may_move_to_another_file() -> None:
    before = step({"a": at("a", "/a"), "z": at("z", "/z")})
    assert serving(step({"b": at("a", "/a"), "z": at("z", "/z")}, before.files)) == {
        "a": "x",
        "z": "x",
    }


def test_a_disabled_hook_claims_no_path() -> None:
    found = step({"a": at("a", "/same"), "b": at("b", "/same") + "enabled: false\n"})
    assert serving(found) == {"a": "x", "b": "x"}


def test_paths_that_differ_in_the_names_of_parameters_are_one() -> None:
    assert serving(step({"a": at("a", "/x/{b}"), "b": at("b", "/x/{c}")})) == {"a": "x"}


def test_a_conflict_that_stays_does_not_make_what_serves_stale() -> None:
    texts = {"a": at("a", "/same"), "b": at("b", "/same") + "---\n" + at("c", "/c", "1")}
    before = step(texts)
    texts["b"] = at("b", "/same") + "---\n" + at("c", "/c", "2")
    assert serving(step(texts, before.files)) == {"a": "x", "c": "2"}

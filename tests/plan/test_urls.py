"""Whoever gets the requests of another hook is named, and hooks are known again."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.language.outcome import ReadHook
from gateway.plan import Tree, plan
from tests.plan.trees import tree
from tests.support.thorough import cases

SEGMENTS = ("a", "b", "{x}")
NAMES = ("one", "two", "three")
PATHS = [path for length in (1, 2) for path in product(("a", "b", "c"), repeat=length)]


def written(name: str, path: str, method: str = "GET", more: str = "") -> str:
    return (
        f"name: {name}\npath: {path}\nmethod: {method}\nauthentication: none\n"
        f"workflow: http://w/{name}\n{more}"
    )


def owner(hooks: tuple[ReadHook, ...], path: tuple[str, ...], method: str) -> str:
    """Who answers: the router takes a literal segment before a parameter and does not backtrack."""
    left = {hook.spec.name: (hook.spec, hook.spec.route.split("/")[1:]) for hook in hooks}
    left = {name: (spec, route) for name, (spec, route) in left.items() if spec.enabled}
    for place, segment in enumerate(path):
        within = {name: one for name, one in left.items() if len(one[1]) > place}
        literal = {name: one for name, one in within.items() if one[1][place] == segment}
        left = literal or {n: one for n, one in within.items() if one[1][place][0] == "{"}
    found = [
        name
        for name, (spec, route) in left.items()
        if len(route) == len(path) and method in spec.methods
    ]
    return found[0] if found else ""


def some_tree(chance: Random) -> Tree:
    """Hooks whose paths meet; no two claim the same."""
    files: dict[str, str] = {}
    claims: set[str] = set()
    for name in NAMES:
        path = "/" + "/".join(chance.choices(SEGMENTS, k=chance.choice([1, 2])))
        path = path.replace("{x}", "{x}", 1).replace("{x}/{x}", "{x}/{y}")
        method = chance.choice(["GET", "POST", "[GET, POST]"])
        taken = path.replace("{y}", "{x}")
        if chance.random() < 0.8 and taken not in claims:
            claims.add(taken)
            enabled = "" if chance.random() < 0.8 else "enabled: false\n"
            files[f"{name}.yaml"] = written(name, path, method, enabled)
    return tree(files)


@settings(max_examples=cases(200), deadline=None)
@given(st.randoms(use_true_random=True))
def test_a_request_that_goes_to_another_hook_is_told(chance: Random) -> None:
    old, new = some_tree(chance), some_tree(chance)
    entries = plan(old, new)
    told = {(one.was, one.now) for one in entries if one.kind == "url-taken-over"}
    renamed = {(one.was, one.now) for one in entries if one.kind == "hook-renamed"}
    moved = set()
    for path, method in product(PATHS, ("GET", "POST")):
        before, after = owner(old.hooks, path, method), owner(new.hooks, path, method)
        if before and after and before != after and (before, after) not in renamed:
            moved.add((before, after))
    assert told == moved


def kinds(old: dict[str, str], new: dict[str, str]) -> list[tuple[str, str]]:
    """Kind and hook of each entry."""
    return [(one.kind, one.hook) for one in plan(tree(old), tree(new))]


def test_two_hooks_that_change_their_paths_take_over_from_each_other() -> None:
    old = {"a.yaml": written("one", "/a"), "b.yaml": written("two", "/b")}
    new = {"a.yaml": written("one", "/b"), "b.yaml": written("two", "/a")}
    assert kinds(old, new) == [
        ("url-taken-over", "one"),
        ("url-taken-over", "two"),
        ("path-changed", "one"),
        ("path-changed", "two"),
    ]


def test_a_hook_that_steps_aside_leaves_its_requests_to_a_more_general_one() -> None:
    general = written("every", "/a/{x}", "POST")
    old = {"a.yaml": general, "b.yaml": written("one", "/a/b", "POST")}
    (taken, gone) = plan(tree(old), tree({"a.yaml": general}))
    assert (taken.kind, taken.hook, taken.was) == ("url-taken-over", "every", "one")
    assert "POST /a/b" in taken.message
    assert gone.kind == "hook-removed"


def test_a_literal_that_nobody_loses_requests_to_takes_over_nothing() -> None:
    general = written("every", "/a/{x}", "POST")
    new = {"a.yaml": general, "b.yaml": written("one", "/a/b", "GET")}
    assert kinds({"a.yaml": general}, new) == [("public-hook-added", "one")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # by path and method, whatever else is new
        (
            written("one", "/a"),
            written("two", "/a", more="description: Another.\n"),
            [
                ("hook-renamed", "two"),
                ("workflow-url-changed", "two"),
                ("description-changed", "two"),
            ],
        ),
        # by all but the name, when the path is the default
        (
            "name: one\nauthentication: none\nworkflow: http://w/\n",
            "name: two\nauthentication: none\nworkflow: http://w/\n",
            [("path-changed", "two"), ("hook-renamed", "two")],
        ),
        # no more alike than two hooks may be
        (
            "name: one\nauthentication: none\nworkflow: http://w/\n",
            "name: two\nauthentication: none\nworkflow: http://v/\n",
            [("public-hook-added", "two"), ("hook-removed", "one")],
        ),
    ],
    ids=["by its URL", "by what it means", "not at all"],
)
def test_a_hook_with_another_name_is_known_again(
    old: str, new: str, told: list[tuple[str, str]]
) -> None:
    assert kinds({"a.yaml": old}, {"a.yaml": new}) == told


def test_each_hook_is_known_again_once() -> None:
    same = "authentication: none\nworkflow: http://w/\n"
    old = {f"{name}.yaml": f"name: {name}\n{same}" for name in ("one", "two")}
    new = {f"{name}.yaml": f"name: {name}\n{same}" for name in ("three", "four")}
    found = [kind for kind, _ in kinds(old, new)]
    assert found == ["path-changed"] * 2 + ["hook-renamed"] * 2 + ["hook-moved"] * 2

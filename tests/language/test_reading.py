"""What reading gives: sound hooks, broken ones as far as they can be read, bounded findings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.language.outcome import BrokenHook
from gateway.language.read import check_together, read, read_source
from gateway.language.rescue import EVERY
from gateway.language.source import Source

SOUND = "name: {}\nauthentication: none\nworkflow: http://workflows.internal/run\n"


def source(text: str, name: str = "hooks.d/hooks.yaml") -> Source:
    return Source(name, text.encode())


def test_a_broken_hook_leaves_its_neighbours_sound() -> None:
    reading = read_source(source(f"{SOUND.format('a')}---\nname: b\n---\n{SOUND.format('c')}"))
    assert [hook.spec.name for hook in reading.hooks] == ["a", "c"]
    assert [hook.name for hook in reading.broken] == ["b"]


@pytest.mark.parametrize(
    ("text", "route", "methods"),
    [
        ("name: a\n", "/hooks/a", EVERY),
        ("name: a\nmetod: POST\n", "/hooks/a", EVERY),
        ("name: a\nmethod: post\n", "/hooks/a", EVERY),
        ("name: a\npath: /p/{x}\nmethod: [POST, PUT, POST]\n", "/p/{x}", ("POST", "PUT")),
        ("name: a\nmethod: POST\nworkflow: [\n", "/hooks/a", ("POST",)),
        ("name: NO\npath: /p\nmethod: GET\n", "/p", ("GET",)),
        ("name: a\npath: p\n", "", ()),
        ("name: a\npath: /-/livez\n", "", ()),
        ("name: a\nmethod: HEAD\n", "/hooks/a", EVERY),
        ("name: a\nenabled: false\n", "", ()),
        ("name: NO\n", "", ()),
        ("- name: a\n", "", ()),
    ],
)
def test_a_broken_hook_keeps_the_path_that_can_be_read(
    text: str, route: str, methods: tuple[str, ...]
) -> None:
    (broken,) = read_source(source(text)).broken
    assert (broken.route, broken.methods) == (route, methods)


def test_a_hook_with_warnings_is_sound() -> None:
    reading = read_source(source("name: a\nworkflow: http://workflows.internal/run\n"))
    assert [hook.spec.name for hook in reading.hooks] == ["a"]
    assert [one.severity for one in reading.diagnostics] == ["warning"]


def test_many_warnings_are_counted_and_never_become_an_error() -> None:
    one = "name: a{}\nworkflow: http://workflows.internal/run\n"
    reading = read_source(source("---\n".join(one.format(number) for number in range(250))))
    assert len(reading.hooks) == 250
    assert len(reading.diagnostics) == 101
    assert {found.severity for found in reading.diagnostics} == {"warning"}
    assert "150" in reading.diagnostics[-1].message


def test_many_warnings_hide_no_error() -> None:
    one = "name: a{}\nworkflow: http://workflows.internal/run\n"
    text = (
        "---\n".join(one.format(number) for number in range(250)) + "---\nname: last\nmetod: GET\n"
    )
    errors = [found for found in read_source(source(text)).diagnostics if found.severity == "error"]
    assert [found.code for found in errors] == ["missing-key", "unknown-key"]


def test_a_hook_behind_a_hundred_errors_is_not_taken_for_sound() -> None:
    text = "---\n".join(["nam: a\n"] * 150 + [SOUND.format("last")])
    reading = read_source(source(text))
    assert [hook.spec.name for hook in reading.hooks] == ["last"]
    assert len(reading.broken) == 150


def test_the_findings_of_several_files_stand_in_the_order_of_the_files() -> None:
    files = [source("nam: a\n", "hooks.d/b.yaml"), source("nam: a\n", "hooks.d/a.yaml")]
    found = [one.file for one in read(files).diagnostics]
    assert found == sorted(found, reverse=True)


def test_a_file_is_judged_alone_and_its_hooks_together() -> None:
    files = [source(SOUND.format("a"), f"hooks.d/{name}.yaml") for name in "ab"]
    hooks = [hook for file in files for hook in read_source(file).hooks]
    assert not any(read_source(file).diagnostics for file in files)
    assert [one.code for one in check_together(hooks)] == ["duplicate-name", "duplicate-name"]


def test_time_is_an_argument() -> None:
    text = (
        "name: a\nauthentication: {type: bearer, tokens: [{secret: a, expires: "
        "2027-01-31T00:00:00Z}]}\nworkflow: http://workflows.internal/run\n"
    )
    for year, codes in ((2026, []), (2028, ["expired-credential"])):
        reading = read_source(source(text), datetime(year, 1, 1, tzinfo=UTC))
        assert [one.code for one in reading.diagnostics] == codes


def test_what_is_rescued_from_nothing_is_nothing() -> None:
    assert read_source(source("[]")).broken == (BrokenHook("hooks.d/hooks.yaml", 0),)


def test_documents_behind_the_first_thousand_are_not_read() -> None:
    text = "---\n".join(SOUND.format(f"a{number}") for number in range(1002))
    reading = read_source(source(text))
    assert len(reading.hooks) == 1000
    (found,) = reading.diagnostics
    assert (found.code, found.severity) == ("too-many-documents", "error")
    assert found.place.line == 4 * 1000
    assert found.hint == "put the hooks into several files"


def test_empty_documents_count_too() -> None:
    reading = read_source(source("---\n" * 200_000))
    assert [found.code for found in reading.diagnostics] == ["too-many-documents"]

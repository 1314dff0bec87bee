"""The hook files of the repository are without mistakes, and every choice stands in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.compile.hook import Hook
from gateway.language.read import read, read_source
from gateway.language.schema import hook_schema
from gateway.language.source import Source
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.cases.hooks import hook_files
from tests.cases.schema_walk import choices, steps

FILES = hook_files()
MEANT = {
    "expired-credential",
    "never-judged",
    "overridden-header",
    "raw-with-rule",
    "shadowed-path",
    "unquoted-scalar",
}
"""Warnings that a case of `requests` is about."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_hook_file_is_without_mistakes_and_compiles(file: Source) -> None:
    reading = read_source(file)
    found = {one.code for one in reading.diagnostics}
    assert found <= (MEANT if "/requests/" in file.name else set())
    runtime = Runtime(Settings(hooks=Path("hooks.d")))
    for hook in reading.hooks:
        assert Hook(hook.spec, runtime).name == hook.spec.name


def test_no_two_hooks_of_the_requests_stand_in_each_others_way() -> None:
    together = read([file for file in FILES if "/requests/" in file.name])
    assert {one.code for one in together.diagnostics} <= MEANT


def test_every_choice_of_the_language_stands_in_a_hook() -> None:
    """A new value of an enumeration needs a hook in `tests/cases/hooks` before it is one."""
    offered = set(choices(hook_schema(), "#"))
    paths = {path for path, _ in offered}
    taken = {(path, value) for path, value in steps(FILES) if path in paths}
    assert offered - taken == set()

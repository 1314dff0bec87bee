"""The flags about stored runs take what a store can keep, and say what else they want."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.serve import command, settings_of
from gateway.settings import Store
from tests.support.command import called


def store(*flags: str) -> Store:
    """The settings of a store that flags give."""
    with command.make_context("serve", list(flags)) as context:
        given = dict(context.params)
        return settings_of(given.pop("hooks"), given).store


def test_the_settings_of_the_store_are_those_of_the_flags() -> None:
    assert store() == Store()
    written = "--store sqlite --store-size 64MiB --store-runs 5 --target-concurrency 2"
    assert store(*written.split(), "--outcome-path", "/runs/o") == Store(
        size=64 * 1024**2, runs=5, target_concurrency=2, outcome_path="/runs/o"
    )


def test_a_database_is_named_with_what_opens_it(tmp_path: Path) -> None:
    written = "--store postgres://gw@db/runs --store-password database --secrets"
    durable = ("--store-durability", "replicated")
    assert store(*written.split(), str(tmp_path), *durable) == Store(
        engine="postgres", url="postgres://gw@db/runs", password="database", durability="replicated"
    )


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--store-password", "database"], "--secrets"),
        (["--store-ca", "/nowhere.pem"], "cannot be read"),
    ],
)
def test_what_a_database_needs_is_told_at_the_start(
    flags: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["serve", str(tmp_path), "--store", "postgres://db/runs", *flags]
    status, _, shown = called(capsys, *given)
    assert (status, said in " ".join(shown.split())) == (2, True)


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--store", "postgres://gateway:hunter2@db/runs", "name that with --store-password"),
        ("--store", "postgres://db", "names no host or no database"),
        ("--store", "mysql://gateway:hunter2@db/runs", "postgres://host/database"),
        ("--store-password", "database", "are for a database: set --store postgres://"),
        ("--store", "redis", "a store is sqlite or postgres://USER@HOST/DB"),
        ("--store-size", "63MiB", "is not a size of at least 64MiB, such as 4GiB"),
        ("--store-runs", "0", "is not a whole number from 1 to"),
        ("--target-concurrency", "many", "is not a whole number from 1 to"),
        ("--outcome-path", "outcome", "is not a path such as /-/outcome"),
        ("--outcome-path", "/outcome/", "is not a path such as /-/outcome"),
        ("--outcome-path", "/a/../b", "is not a path such as /-/outcome"),
        ("--outcome-path", "/-/status", "belongs to operators"),
        ("--outcome-path", "/-", "belongs to operators"),
    ],
)
def test_what_cannot_be_kept_is_told_at_the_start(
    flag: str, value: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, shown = called(capsys, "serve", str(tmp_path), flag, value)
    assert status == 2
    assert said in " ".join(shown.split())


def test_what_may_hold_a_password_is_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = "host=db password=hunter2"
    status, _, shown = called(capsys, "serve", str(tmp_path), "--store", given)
    assert (status, "hunter2" in shown) == (2, False)
    assert "hunter2" not in shown

"""The last good sources outlive a restart, and trouble with them never stops a reload."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.language.source import Source
from gateway.reload.kept import FILE, Keeper

HOOKS = Path("hooks.d")


def sources(*texts: str) -> tuple[Source, ...]:
    return tuple(Source(f"hooks.d/{n}.yaml", text.encode()) for n, text in enumerate(texts))


def test_what_was_kept_is_found_again(tmp_path: Path) -> None:
    assert Keeper(tmp_path / "state", HOOKS).save(sources("é", "b"))
    assert Keeper(tmp_path / "state", HOOKS).load() == sources("é", "b")


def test_it_is_found_however_the_hooks_directory_is_written(tmp_path: Path) -> None:
    Keeper(tmp_path, HOOKS).save(sources("a"))
    written = HOOKS.absolute()
    assert Keeper(tmp_path, written).load() == (Source(f"{written}/0.yaml", b"a"),)


def test_it_belongs_to_one_hooks_directory(tmp_path: Path) -> None:
    Keeper(tmp_path, HOOKS).save(sources("a"))
    assert Keeper(tmp_path, Path("other.d")).load() == ()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', "\x00"])
def test_a_damaged_file_is_told_and_not_used(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    keeper = Keeper(tmp_path, HOOKS)
    assert keeper.load() == ()
    assert "cannot be read" in keeper.problem


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    Keeper(tmp_path, HOOKS).save(sources("a"))
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_directory_that_cannot_be_written_is_a_warning_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    keeper = Keeper(tmp_path / "state", HOOKS)
    assert not keeper.save(sources("a"))
    assert "cannot be kept" in keeper.problem
    (tmp_path / "state").unlink()
    assert keeper.save(sources("a"))
    assert keeper.problem == ""


def test_a_full_disk_leaves_what_was_kept_before(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, HOOKS)
    keeper.save(sources("a"))
    (tmp_path / f"{FILE}.new").symlink_to("/dev/full")
    assert not keeper.save(sources("b"))
    assert "No space left" in keeper.problem
    assert Keeper(tmp_path, HOOKS).load() == sources("a")

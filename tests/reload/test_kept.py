"""The last good sources outlive a restart, and trouble with them never stops a reload."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE

import pytest
from structlog.testing import capture_logs

from gateway.language.source import Source
from gateway.reload.kept import FILE, NEW, Keeper

HOOKS = Path("hooks.d")


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file can grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


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
    for state in (tmp_path / "new", tmp_path / "open"):
        if state.name == "open":
            state.mkdir(mode=0o777)
        Keeper(state, HOOKS).save(sources("a"))
        assert S_IMODE(state.stat().st_mode) == 0o700
        assert S_IMODE((state / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", [FILE, NEW])
def test_a_link_that_was_planted_is_not_followed(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    state = tmp_path / "state"
    state.mkdir()
    (state / name).symlink_to(victim)
    keeper = Keeper(state, HOOKS)
    assert keeper.load() == ()
    assert keeper.save(sources("a"))
    assert victim.read_text() == "precious"
    assert not (state / FILE).is_symlink()
    assert Keeper(state, HOOKS).load() == sources("a")


def test_a_fifo_in_its_place_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    keeper = Keeper(tmp_path, HOOKS)
    assert keeper.load() == ()
    assert "it is not a regular file" in keeper.problem


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
    with capture_logs(), at_most(8):
        assert not keeper.save(sources("b"))
    assert "File too large" in keeper.problem
    assert not (tmp_path / NEW).exists()
    assert Keeper(tmp_path, HOOKS).load() == sources("a")

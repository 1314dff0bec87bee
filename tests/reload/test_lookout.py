"""The lookout looks at once, after changes and now and then, and outlives every error."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.reload import lookout
from gateway.reload.lookout import Lookout, places_of
from gateway.reload.snapshot import Looker, Places
from tests.reload.site import eventually
from tests.support.gateway import write_files

QUIET = 0.25
"""Seconds without a look after which all that happened has been looked at."""


class Looks:
    """Counts looks; each raises `error` where there is one."""

    def __init__(self, root: Path) -> None:
        self.count = 0
        self.error: Exception | None = None
        self._looker = Looker(root)

    def __call__(self) -> Places:
        self.count += 1
        if self.error is not None:
            raise self.error
        return self._looker.look().places

    def more(self) -> None:
        """Wait until it has looked again."""
        before = self.count
        eventually(lambda: self.count > before)

    def rest(self) -> int:
        """Wait until no look follows another at once; how many there were."""
        before = -1
        while before != self.count:
            before = self.count
            time.sleep(QUIET)
        return before


@contextmanager
def looking(looks: Looks, silent: str = "") -> Iterator[Lookout]:
    watching = Lookout("test", looks, silent)
    watching.start()
    try:
        eventually(lambda: looks.count)
        yield watching
    finally:
        watching.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_files(tmp_path / "hooks.d", {"a.yaml": "x", "team/b.yaml": "y"})


def test_a_look_that_raises_is_followed_by_others(root: Path) -> None:
    looks = Looks(root)
    looks.error = RuntimeError("a mistake of ours")
    with looking(looks):
        looks.more()
        looks.error = None
        (root / "a.yaml").write_text("z")
        looks.more()


def test_a_change_in_a_sub_folder_and_one_of_a_new_directory_are_seen(root: Path) -> None:
    looks = Looks(root)
    with looking(looks):
        looks.rest()
        (root / "team/b.yaml").write_text("z")
        looks.more()
        looks.rest()
        (root / "new").mkdir()
        looks.more()
        looks.rest()
        (root / "new/c.yaml").write_text("z")
        looks.more()


def test_a_directory_that_is_removed_and_made_again_is_watched_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "NET", 3600.0)
    looks = Looks(root)
    with looking(looks):
        for text in ("1", "2", "3"):
            looks.rest()
            # On many file systems the new directory has the number of the one before.
            shutil.rmtree(root / "team")
            (root / "team").mkdir()
            (root / "team/b.yaml").write_text(text)
            looks.more()
            looks.rest()
            (root / "team/b.yaml").write_text(text * 2)
            looks.more()


def test_a_name_that_is_not_utf_8_ends_no_watch(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = Looks(root)
    with looking(looks):
        for number in range(3):
            looks.rest()
            (root / os.fsdecode(b"\xff\xfe.yaml")).write_text(str(number))
            looks.more()
            looks.rest()
            (root / "a.yaml").write_text(str(number))
            looks.more()
    assert "failed" not in capsys.readouterr().out


def test_what_happens_beside_the_directory_is_nobody_s_concern(root: Path) -> None:
    looks = Looks(root)
    with looking(looks):
        before = looks.rest()
        for number in range(50):
            root.with_name("gateway.log").write_text(str(number))
        assert looks.rest() - before <= 1


def test_a_file_system_without_events_is_looked_at_all_the_same_and_that_is_told(
    root: Path,
) -> None:
    looks = Looks(root)
    with looking(looks, "nfs4") as watching:
        assert "nfs4 sends no events" in watching.problem
        looks.more()
        looks.more()


def test_a_lookout_that_is_closed_looks_no_more(root: Path) -> None:
    looks = Looks(root)
    with looking(looks) as watching:
        watching.wake()
        looks.more()
    after = looks.count
    (root / "a.yaml").write_text("z")
    watching.wake()
    time.sleep(0.2)
    assert looks.count == after


def test_a_path_that_is_missing_is_watched_from_above(tmp_path: Path) -> None:
    assert places_of(str(tmp_path / "missing/hooks.d")).links == {f"{tmp_path}/missing"}

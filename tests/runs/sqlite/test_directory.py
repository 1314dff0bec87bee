"""A new state directory and its files have names that are on the disk, too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.directory import make_directory


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The directories that were synced."""
    found: list[str] = []

    def fsync(descriptor: int) -> None:
        found.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def test_each_new_directory_is_synced_in_the_one_above(tmp_path: Path, synced: list[str]) -> None:
    make_directory(tmp_path / "a" / "b")
    assert synced == [str(tmp_path), str(tmp_path / "a")]
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    make_directory(tmp_path / "a" / "b")
    assert len(synced) == 2


def test_a_new_store_is_synced_in_its_directory(tmp_path: Path, synced: list[str]) -> None:
    Database(tmp_path / "runs.db", 1 << 30, 1000).close()
    assert synced == [str(tmp_path)]

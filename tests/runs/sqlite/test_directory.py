"""A new state directory and its files have names that are on the disk, too."""

from __future__ import annotations

import os
from multiprocessing import Pipe
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from gateway.runs.sqlite.control import StoreSettings
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.directory import make_directory
from gateway.runs.sqlite.process import main


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


def test_a_place_where_no_file_can_be_is_not_said_to_be_full(tmp_path: Path) -> None:
    (tmp_path / "runs.db").mkdir()
    ours, theirs = Pipe()
    settings = StoreSettings(state=str(tmp_path), socket=str(tmp_path / "s"), reserve=1 << 40)
    ours.send_bytes(msgspec.msgpack.encode(settings))
    with capture_logs() as lines:
        assert main(theirs) != 0
    assert [line["event"] for line in lines] == ["the store ends"]
    assert "runs.db" in lines[0]["reason"]

"""What is read of a directory, and that it is of one moment."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest

from gateway.errors import OperatorError
from gateway.reload.snapshot import Looker, Snapshot, take
from tests.reload.volumes import Volume, Worktrees
from tests.support.gateway import write_files


def names(snapshot: Snapshot) -> list[str]:
    return [Path(source.name).name for source in snapshot.sources]


def told(snapshot: Snapshot) -> dict[str, str]:
    return {Path(found.file).name: found.code for found in snapshot.unreadable}


def test_files_are_found_in_sub_folders_by_name_and_hidden_ones_are_not(tmp_path: Path) -> None:
    root = write_files(
        tmp_path / "hooks.d",
        dict.fromkeys(
            ["b.yaml", "a.yml", "team/z.yaml", ".hidden.yaml", "_off.yaml", "_off/x.yaml"], "x"
        )
        | {"notes.txt": "x", ".a.yaml.swp": "x"},
    )
    assert [source.name for source in take(root).sources] == [
        f"{root}/a.yml",
        f"{root}/b.yaml",
        f"{root}/team/z.yaml",
    ]


def test_names_stay_as_people_write_them_below_a_volume(tmp_path: Path) -> None:
    volume = Volume(tmp_path / "hooks.d")
    volume.write({"a.yaml": "1", "team/b.yaml": "2"})
    found = take(volume.directory)
    assert [source.name for source in found.sources] == [
        f"{volume.directory}/a.yaml",
        f"{volume.directory}/team/b.yaml",
    ]


def test_a_volume_in_a_sub_folder_is_read_below_one_place_too(tmp_path: Path) -> None:
    (tmp_path / "hooks.d").mkdir()
    volume = Volume(tmp_path / "hooks.d" / "team")
    volume.write({"a.yaml": "1"})
    assert names(take(tmp_path / "hooks.d")) == ["a.yaml"]


def test_the_digest_is_of_names_and_bytes_and_of_nothing_else(tmp_path: Path) -> None:
    one = write_files(tmp_path / "one", {"a.yaml": "1", "b.yaml": "2"})
    two = write_files(tmp_path / "two", {"b.yaml": "2", "a.yaml": "1"})
    swapped = write_files(tmp_path / "swapped", {"a.yaml": "2", "b.yaml": "1"})
    assert take(one).digest == take(two).digest
    assert take(one).digest != take(swapped).digest


def test_what_is_not_a_readable_file_is_told_and_everything_else_is_read(tmp_path: Path) -> None:
    root = write_files(tmp_path / "hooks.d", {"sound.yaml": "x"})
    os.mkfifo(root / "fifo.yaml")
    (root / "zero.yaml").symlink_to("/dev/zero")
    (root / "twin.yaml").symlink_to("fifo.yaml")
    (root / "loop.yaml").symlink_to("loop.yaml")
    (root / "dangling.yaml").symlink_to("nowhere")
    (root / "big.yaml").write_bytes(b"#" * 10_000_000)
    (root / "up").symlink_to(".")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket.yaml"))
        found = take(root)
    assert names(found) == ["sound.yaml"]
    assert told(found) == {
        "fifo.yaml": "not-a-file",
        "zero.yaml": "unreadable",
        "twin.yaml": "not-a-file",
        "socket.yaml": "not-a-file",
        "loop.yaml": "unreadable",
        "dangling.yaml": "unreadable",
        "up": "unreadable",
        "big.yaml": "file-too-large",
    }


def test_a_link_stays_below_the_directory_that_it_stands_in(tmp_path: Path) -> None:
    secrets = write_files(tmp_path / "secrets", {"token": "canary", "more/a.yaml": "canary"})
    root = write_files(tmp_path / "hooks.d", {"a.yaml": "x", "team/b.yaml": "y"})
    (root / "again.yaml").symlink_to("team/b.yaml")
    (root / "absolute.yaml").symlink_to(root / "a.yaml")
    (root / "token.yaml").symlink_to("../secrets/token")
    (root / "environ.yaml").symlink_to("/proc/self/environ")
    (root / "more").symlink_to(secrets / "more")
    (root / "chain.yaml").symlink_to("token.yaml")
    (root / "team" / "..data").symlink_to(secrets / "more")
    (root / "beside").symlink_to(tmp_path / "hooks.d-not")
    write_files(tmp_path / "hooks.d-not", {"c.yaml": "canary"})
    found = take(root)
    assert names(found) == ["a.yaml", "absolute.yaml", "again.yaml", "b.yaml"]
    assert b"canary" not in b"".join(source.data for source in found.sources)
    outside = ("token.yaml", "environ.yaml", "more", "chain.yaml", "..data", "beside")
    assert told(found) == dict.fromkeys(outside, "unreadable")
    assert all("leads out of" in one.message for one in found.unreadable)


def test_a_name_that_is_not_utf8_can_be_shown(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.yaml"
    Path(os.fsdecode(path)).write_text("x")
    assert take(tmp_path).sources[0].name == f"{tmp_path}/caf\\xe9.yaml"


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_no_directory_is_an_error_and_never_no_hooks(tmp_path: Path, kind: str) -> None:
    if kind == "file":
        (tmp_path / "hooks.d").write_text("x")
    with pytest.raises(OperatorError, match="cannot read the hooks directory"):
        take(tmp_path / "hooks.d")


def test_a_change_that_keeps_size_and_time_is_seen_at_once(tmp_path: Path) -> None:
    root = write_files(tmp_path / "hooks.d", {"a.yaml": "old"})
    looker = Looker(root)
    before = looker.look()
    stat = (root / "a.yaml").stat()
    (root / "a.yaml").write_text("new")
    os.utime(root / "a.yaml", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert looker.look().digest != before.digest


def test_a_fresh_look_reads_every_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_files(tmp_path / "hooks.d", {"a.yaml": "x"})
    time.sleep(0.11)
    looker = Looker(root)
    looker.look()
    opened: list[str] = []
    real = os.open

    def spy(path: str, flags: int) -> int:
        opened.append(path)
        return real(path, flags)

    monkeypatch.setattr(os, "open", spy)
    looker.look()
    assert opened == []
    looker.look(fresh=True)
    assert opened == [str(root / "a.yaml")]


def test_what_is_watched_includes_every_link_on_the_way(tmp_path: Path) -> None:
    trees = Worktrees(tmp_path / "git")
    trees.write({"hooks.d/a.yaml": "x", "hooks.d/team/b.yaml": "y"})
    places = take(trees.link / "hooks.d").places
    real = str(trees.link.resolve())
    assert set(places.directories) == {f"{real}/hooks.d", f"{real}/hooks.d/team"}
    assert str(trees.link) in places.links


class Writer(threading.Thread):
    """Replaces a set of files, all of which always say the same, until it is stopped."""

    def __init__(self, volume: Volume | Worktrees, prefix: str = "") -> None:
        super().__init__()
        self.volume = volume
        self.prefix = prefix
        self.rounds = 0
        self.stopped = threading.Event()

    def write(self) -> None:
        self.rounds += 1
        files = {f"{self.prefix}{n}.yaml": str(self.rounds) for n in range(20)}
        self.volume.write(files)

    def run(self) -> None:
        while not self.stopped.is_set():
            self.write()


@pytest.mark.parametrize("kind", ["volume", "worktrees"])
def test_a_set_that_is_swapped_is_never_read_torn(tmp_path: Path, kind: str) -> None:
    writer = (
        Writer(Volume(tmp_path / "v"))
        if kind == "volume"
        else Writer(Worktrees(tmp_path / "v"), "hooks.d/")
    )
    root = tmp_path / "v" if kind == "volume" else tmp_path / "v/current/hooks.d"
    writer.write()
    writer.start()
    seen: set[bytes] = set()
    looks = 0
    deadline = time.monotonic() + 30
    try:
        while (looks < 300 or len(seen) < 20) and time.monotonic() < deadline:
            looks += 1
            try:
                found = take(root)
            except OperatorError:
                continue
            values = {source.data for source in found.sources}
            assert len(found.sources) == 20
            assert len(values) == 1
            seen |= values
    finally:
        writer.stopped.set()
        writer.join()
    assert len(seen) >= 20
    shutil.rmtree(tmp_path / "v")

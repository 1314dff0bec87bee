"""Mounts that never update are told with the remedy, and those that do are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.reload.mounts import mounts, never_updates, silent_kind

PODS = "/var/lib/kubelet/pods/5d1c/volumes/kubernetes.io~configmap"
TABLE = f"""\
27 1 254:0 / / rw,relatime - overlay overlay rw,lowerdir=/a
40 27 254:1 {PODS}/hooks /etc/gateway/hooks.d ro,relatime shared:1 - ext4 /dev/vda rw
41 27 254:1 {PODS}/hooks/..2026_11_24_08_00_00.12345/a.yaml /etc/sub/a.yaml ro - ext4 /dev/vda rw
42 27 254:1 {PODS}/gone/..2026_11_24_08_00_00.5//deleted /etc/gone ro - ext4 /dev/vda rw
43 27 254:1 {PODS}/whole/..2026_11_24_08_00_00.5 /etc/whole ro - ext4 /dev/vda rw
44 27 0:50 / /srv/hook\\040files rw - nfs4 server:/x rw
45 27 0:51 / /home/me rw - fuse.sshfs me@there rw
"""


@pytest.mark.parametrize(
    ("directory", "word"),
    [
        ("/etc/gateway/hooks.d", ""),
        ("/etc/gateway", ""),
        ("/srv/elsewhere", ""),
        ("/etc/sub", "subPath"),
        ("/etc/whole", "subPath"),
        ("/etc/whole/team", "subPath"),
        ("/etc/gone", "removed"),
    ],
)
def test_a_mount_that_never_updates_is_told(directory: str, word: str) -> None:
    found = never_updates(directory, mounts(TABLE))
    assert bool(found) == bool(word)
    assert all(word in problem and "mount the directory" in problem for problem in found)


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/etc/gateway/hooks.d", ""),
        ("/srv/hook files", "nfs4"),
        ("/srv/hook files/hooks.d", "nfs4"),
        ("/home/me/hooks.d", "fuse.sshfs"),
        ("/home/men", ""),
    ],
)
def test_a_file_system_that_sends_no_events_is_known(directory: str, kind: str) -> None:
    assert silent_kind(directory, mounts(TABLE)) == kind


BIND = """
import os, subprocess, sys
from gateway.reload.mounts import never_updates, table
os.chdir(sys.argv[1])
os.mkdir("hooks.d"); open("hooks.d/a.yaml", "w"); open("one.yaml", "w"); os.mkdir("old")
subprocess.run(["mount", "--bind", "one.yaml", "hooks.d/a.yaml"], check=True)
print(never_updates(os.path.realpath("hooks.d"), table()))
os.mkdir("again")
subprocess.run(["mount", "--bind", "old", "again"], check=True)
os.rmdir("old")
print(never_updates(os.path.realpath("again"), table()))
"""


def test_real_single_file_and_deleted_mounts_are_told(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", BIND, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if done.returncode and "unshare" in done.stderr:
        pytest.skip("mounting is not allowed here")
    single, deleted = done.stdout.splitlines()
    assert "single file" in single
    assert "removed" in deleted

"""What the system refuses is told, and what runs keeps running."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.reload.hooks import hook
from tests.reload.site import eventually, site
from tests.support.workflow import Workflow

MORTAL = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""Root, but mode bits hold."""
WITHOUT_EVENTS = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"'
IN_A_SUB_PATH = 'mount --bind "$0/one.yaml" "$0/hooks.d/a.yaml" && exec "$@"'


def works(*command: str) -> bool:
    """Whether this system lets us build the barrier."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


def test_a_file_or_a_directory_without_read_permission_keeps_its_hooks(
    tmp_path: Path, workflow: Workflow
) -> None:
    if not works(*MORTAL, "true"):
        pytest.skip("permissions cannot be taken from root here")
    with site(tmp_path, workflow, hooks={"a": "1", "b": "1"}, prefix=MORTAL) as served:
        team = served.root / "team"
        team.mkdir()
        (team / "c.yaml").write_text(served.text("c"))
        served.answers(c="1")
        served.write("a", "2").chmod(0)
        team.chmod(0)
        served.write("b", "2")
        served.answers(b="2", a="1", c="1")
        assert served.told("a.yaml") == {"unreadable"}
        assert served.states() == {"a": "stale", "b": "serving", "c": "stale"}
        team.chmod(0o755)
        (served.root / "a.yaml").chmod(0o644)
        served.answers(a="2")
        eventually(lambda: set(served.states().values()) == {"serving"})

        served.root.chmod(0)
        eventually(lambda: "Permission denied" in served.problems())
        assert served.reload().status_code == 409
        assert served.answer("a") == "2"
        served.root.chmod(0o755)
        eventually(lambda: served.problems() == "")


def test_a_state_directory_that_is_read_only_is_a_warning(
    tmp_path: Path, workflow: Workflow
) -> None:
    if not works(*MORTAL, "true"):
        pytest.skip("permissions cannot be taken from root here")
    state = tmp_path / "state"
    state.mkdir(mode=0o500)
    arguments = ("--state", str(state))
    with site(tmp_path, workflow, *arguments, hooks={"a": "1"}, prefix=MORTAL) as served:
        served.write("a", "2")
        served.answers(a="2")
        eventually(lambda: f"cannot be kept in {state}: Permission denied" in served.problems())
        assert served.reload().status_code == 200
        state.chmod(0o700)
        served.write("a", "3")
        served.answers(a="3")
        eventually(lambda: served.problems() == "")
        assert (state / "last-good.json").exists()


def test_without_watches_changes_are_still_found_and_that_is_told(
    tmp_path: Path, workflow: Workflow
) -> None:
    prefix = ("unshare", "--user", "--map-root-user", "sh", "-c", WITHOUT_EVENTS, "sh")
    if not works(*prefix, "true"):
        pytest.skip("limits of this kind cannot be set here")
    with site(tmp_path, workflow, hooks={"a": "1"}, prefix=prefix) as served:
        eventually(lambda: "fs.inotify.max_user_instances" in served.problems())
        for version in ("2", "3"):
            served.write("a", version)
            served.answers(a=version)
        assert served.gateway.output().count("the system allows no more watches") <= 2


def test_a_mount_that_never_updates_is_told_at_the_start(
    tmp_path: Path, workflow: Workflow
) -> None:
    prefix = ("unshare", "--mount", "sh", "-c", IN_A_SUB_PATH, str(tmp_path))
    if not works("unshare", "--mount", "true"):
        pytest.skip("mounting is not allowed here")
    (tmp_path / "one.yaml").write_text(hook("a"))
    with site(tmp_path, workflow, hooks={"a": "1"}, prefix=prefix) as served:
        eventually(lambda: "is mounted as a single file" in served.problems())
        assert "mount its directory" in served.problems()
        assert "is mounted as a single file" in served.gateway.output()

"""What was good before a restart serves after it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.reload.loading import Loader
from gateway.settings import Settings
from tests.reload.hooks import hook
from tests.reload.site import eventually, site
from tests.support.gateway import write_files
from tests.support.ports import free_port
from tests.support.workflow import Workflow

BROKEN = "name: [\n"


@pytest.fixture
def state(tmp_path: Path, workflow: Workflow) -> Path:
    """The state directory of a gateway that served a, b and c as version 1."""
    texts = {f"{name}.yaml": hook(name, f"{workflow.url}/run/{name}-1") for name in "abc"}
    root, directory = write_files(tmp_path / "hooks.d", texts), tmp_path / "state"
    loader = Loader(Settings(hooks=root, state=directory), quiet=0.0)
    loader.load(fresh=True)
    loader.keep()
    return directory


def test_a_broken_file_serves_its_last_good_version_after_a_restart(
    tmp_path: Path, workflow: Workflow, state: Path
) -> None:
    (tmp_path / "hooks.d/a.yaml").write_text(BROKEN)
    (tmp_path / "hooks.d/c.yaml").unlink()
    thief = hook("a0", f"{workflow.url}/run/a0-9", "path: /hooks/b\n")
    (tmp_path / "hooks.d/a0.yaml").write_text(thief)
    with site(tmp_path, workflow, "--state", str(state)) as served:
        served.answers(a="1", b="1", c="404")
        expected = {"a": "stale", "b": "serving", "a0": "out of service"}
        assert served.states() == expected
        ready = served.client.get("/-/readyz").json()
        assert (ready["stale"], ready["out_of_service"]) == (1, 1)


def test_without_a_state_directory_a_broken_file_is_out_of_service(
    tmp_path: Path, workflow: Workflow, state: Path
) -> None:
    (tmp_path / "hooks.d/a.yaml").write_text("name: a\nworkflow: http://x/\nmetod: GET\n")
    with site(tmp_path, workflow) as served:
        served.answers(a="503", b="1", c="1")


def test_an_empty_directory_after_a_restart_serves_what_was_good(
    tmp_path: Path, workflow: Workflow, state: Path
) -> None:
    for path in (tmp_path / "hooks.d").iterdir():
        path.unlink()
    with site(tmp_path, workflow, "--state", str(state)) as served:
        served.answers(a="1", b="1", c="1")
        assert set(served.states().values()) == {"stale"}
        assert "there is no hook" in served.problems()
        served.write("a", "2")
        served.answers(a="2", b="404", c="404")
        assert served.problems() == ""


@pytest.mark.parametrize("kind", ["read-only", "in the way"])
def test_reloading_goes_on_when_nothing_can_be_kept(
    tmp_path: Path, workflow: Workflow, kind: str
) -> None:
    directory = tmp_path / "state"
    if kind == "read-only":
        directory.write_text("a file is in the way, for root may write everywhere")
    else:
        (directory / "last-good.json.new").mkdir(parents=True)
    with site(tmp_path, workflow, "--state", str(directory), hooks={"a": "1"}) as served:
        served.write("a", "2")
        served.answers(a="2")
        reason = f"the last good hooks cannot be kept in {directory}"
        eventually(lambda: reason in served.gateway.output())
        assert served.gateway.output().count(reason) == 1


def test_strict_makes_any_error_fatal_and_tells_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": hook("a"), "b.yaml": BROKEN})
    done = _strict(tmp_path)
    assert done.returncode == 1
    assert "b.yaml:" in done.stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _strict(empty).returncode == 1


def _strict(hooks: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "serve", str(hooks), "--strict"]
    return subprocess.run(
        [*command, "--port", str(free_port())],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_a_missing_directory_is_a_slip_at_the_start_unless_it_was_served_before(
    tmp_path: Path, workflow: Workflow, state: Path
) -> None:
    hooks = tmp_path / "hooks.d"
    shutil.rmtree(hooks)
    command = [sys.executable, "-m", "gateway", "serve", str(hooks), "--port", str(free_port())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert f"the hooks directory {hooks} does not exist" in done.stderr
    without = ("sh", "-c", 'rmdir "$0" && exec "$@"', str(hooks))
    with site(tmp_path, workflow, "--state", str(state), prefix=without) as served:
        served.answers(a="1", b="1", c="1")
        assert served.states() == dict.fromkeys("abc", "stale")
        assert "No such file" in served.problems()
        hooks.mkdir()
        served.write("a", "2")
        served.answers(a="2", b="404")

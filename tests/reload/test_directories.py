"""Volumes, worktrees and directories that come and go: a set is taken over whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reload.site import Site, eventually, site
from tests.reload.volumes import Volume, Worktrees
from tests.support.workflow import Workflow


def texts(served: Site, version: str, *names: str) -> dict[str, str]:
    return {f"{name}.yaml": served.text(name, version) for name in names}


def test_every_step_of_a_volume_s_swap_serves_one_whole_set(
    tmp_path: Path, workflow: Workflow
) -> None:
    volume = Volume(tmp_path / "hooks.d")
    with site(tmp_path, workflow, ready=False) as served:
        volume.write(texts(served, "1", "a", "b") | {"team/c.yaml": served.text("c", "1")})
        served.answers(a="1", b="1", c="1")

        def steady(step: str) -> None:
            before = step in ("payload", "links", "temporary link")
            served.answers(a="1" if before else "2", new="404" if before else "2")
            assert served.reload().status_code == 200
            assert served.problems() == ""
            assert "stale" not in served.states().values()

        volume.write(texts(served, "2", "a", "new"), steady)
        served.answers(a="2", new="2", b="404", c="404")
        assert served.status()["generation"] == 2


def test_git_sync_s_worktrees_are_followed_wherever_the_link_stands(
    tmp_path: Path, workflow: Workflow
) -> None:
    trees = Worktrees(tmp_path / "git")
    (tmp_path / "hooks.d").symlink_to("git/current/hooks.d")
    trees.write({"hooks.d/.keep": ""})
    with site(tmp_path, workflow, ready=False) as served:
        for version in ("1", "2", "3"):
            written = texts(served, version, "a", "b")
            trees.write({f"hooks.d/{name}": text for name, text in written.items()})
            served.answers(a=version, b=version)
        place = served.status()["hooks"][0]["file"]
        assert place == f"{tmp_path}/hooks.d/a.yaml"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("shared"), workflow, hooks={"a": "1"}) as found:
        yield found


@pytest.fixture
def served(shared: Site) -> Site:
    """A gateway that serves a and b as version 1, and nothing else."""
    shutil.rmtree(shared.root, ignore_errors=True)
    shutil.rmtree(shared.root.with_name("aside"), ignore_errors=True)
    shared.root.mkdir()
    shared.write("a")
    shared.write("b")
    shared.answers(a="1", b="1")
    eventually(shared.problems, lambda found: not found)
    return shared


@pytest.mark.parametrize("way", ["removed", "moved away", "emptied", "a file", "only broken"])
def test_a_directory_without_hooks_is_an_error_and_what_runs_keeps_running(
    served: Site, way: str
) -> None:
    before = served.status()
    aside = served.root.with_name("aside")
    if way == "removed":
        shutil.rmtree(served.root)
    elif way == "emptied":
        for path in served.root.iterdir():
            path.unlink()
    else:
        served.root.rename(aside)
        if way == "a file":
            served.root.write_text("")
        elif way == "only broken":
            served.root.mkdir()
            (served.root / "x.yaml").write_text("metod: POST\n")
    eventually(served.problems)
    assert served.reload().status_code == 409
    after = served.status()
    assert after["generation"] == before["generation"]
    assert (served.answer("a"), served.answer("b")) == ("1", "1")
    assert any(line["level"] == "error" for line in served.gateway.lines(after["problems"][0]))

    if served.root.is_file():
        served.root.unlink()
    served.root.mkdir(exist_ok=True)
    (served.root / "x.yaml").unlink(missing_ok=True)
    served.write("a", "2")
    served.answers(a="2", b="404")
    assert served.problems() == ""
    served.write("a", "3")
    served.answers(a="3")


def test_a_directory_that_comes_back_as_it_was_needs_no_new_generation(served: Site) -> None:
    before = served.status()["generation"]
    aside = served.root.with_name("aside")
    served.root.rename(aside)
    eventually(served.problems)
    aside.rename(served.root)
    eventually(served.problems, lambda found: not found)
    assert served.status()["generation"] == before
    served.write("a", "2")
    served.answers(a="2", b="1")


def test_a_start_without_hooks_waits_for_them(tmp_path: Path, workflow: Workflow) -> None:
    with site(tmp_path, workflow, ready=False) as served:
        assert served.client.get("/-/readyz").status_code == 503
        assert served.answer("a") == "503"
        assert "there is no hook" in eventually(served.problems)
        served.write("a")
        served.answers(a="1")
        assert served.client.get("/-/readyz").status_code == 200

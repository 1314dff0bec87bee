"""However a file is saved, its hook is live within moments; however badly, nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reload.site import Site, eventually, site
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Site]:
    """One gateway for all tests here; each uses its own names."""
    directory = tmp_path_factory.mktemp("saving")
    with site(directory, workflow, hooks={"steady": "1"}) as found:
        yield found
        assert found.answer("steady") == "1"
        assert found.gateway.process.poll() is None


def broken(served: Site, name: str, code: str) -> None:
    """Wait until the file is told as broken while its hook goes on as version 1."""
    eventually(lambda: served.told(f"{name}.yaml"), lambda found: code in found)
    assert served.answer(name) == "1"
    assert served.states()[name] == "stale"
    assert served.answer("steady") == "1"
    assert f'"code":"{code}"' in served.gateway.output()


def test_a_new_file_is_served_and_a_deleted_one_is_not(served: Site) -> None:
    path = served.write("fresh")
    served.answers(fresh="1")
    path.unlink()
    served.answers(fresh="404")


def test_a_rename_save_is_seen_again_and_again(served: Site) -> None:
    for version in ("1", "2", "3"):
        served.write("renamed", version)
        served.answers(renamed=version)


def test_a_save_that_truncates_and_then_writes_never_takes_the_hook_away(served: Site) -> None:
    path = served.write("truncated")
    served.answers(truncated="1")
    with path.open("w") as file:
        broken(served, "truncated", "empty-file")
        file.write(served.text("truncated", "2"))
    served.answers(truncated="2")
    assert served.told("truncated.yaml") == set()


def test_a_half_written_file_keeps_the_hook_until_the_other_half_is_there(served: Site) -> None:
    path = served.write("half")
    served.answers(half="1")
    text = served.text("half", "2")
    with path.open("w") as file:
        file.write(text[: text.index("workflow") + 4])
        file.flush()
        broken(served, "half", "syntax")
        file.write(text[text.index("workflow") + 4 :])
    served.answers(half="2")


@pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim here")
@pytest.mark.parametrize("copy", ["no", "yes", "auto"])
def test_vim_saves(served: Site, copy: str) -> None:
    name = f"vim-{copy}"
    path = served.write(name)
    served.answers(**{name: "1"})
    subprocess.run(
        [
            *("vim", "-es", "-u", "NONE"),
            *("-c", f"set nocompatible backupcopy={copy} swapfile"),
            *("-c", f"%s/{name}-1/{name}-2/", "-c", "wq", str(path)),
        ],
        check=False,
        timeout=20,
        stdin=subprocess.DEVNULL,
    )
    served.answers(**{name: "2"})


def test_an_editor_s_swap_and_backup_files_are_nobody_s_hooks(served: Site) -> None:
    before = served.status()["generation"]
    for name in (".steady.yaml.swp", ".#steady.yaml", "steady.yaml~", "4913", "_steady.yaml"):
        (served.root / name).write_text("not a hook")
    assert served.reload().json()["changed"] is False
    assert served.status()["generation"] == before


BAD = {
    "not-utf8": (b"name: caf\xe9\n", "not-utf8"),
    "deep": (b"x: " + b"[" * 2000 + b"]" * 2000, "too-deep"),
    "bomb": (
        b"a: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 106)
        ),
        "alias",
    ),
    "large": (b"#" * 10_000_000, "file-too-large"),
    "unknown-key": (b"name: unknown-key\nmetod: POST\nworkflow: http://x/\n", "unknown-key"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_valid_file_that_becomes_invalid_and_valid_again(served: Site, name: str) -> None:
    content, code = BAD[name]
    path = served.write(name)
    served.answers(**{name: "1"})
    path.write_bytes(content)
    broken(served, name, code)
    served.write(name, "2")
    served.answers(**{name: "2"})
    assert served.states()[name] == "serving"


KINDS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "fifo": ("not-a-file", os.mkfifo),
    "zero": ("unreadable", lambda path: path.symlink_to("/dev/zero")),
    "loop": ("unreadable", lambda path: path.symlink_to(path.name)),
    "gone": ("unreadable", lambda path: path.symlink_to("nowhere")),
}


@pytest.mark.parametrize("name", KINDS)
def test_something_else_in_a_file_s_place_keeps_its_hook(served: Site, name: str) -> None:
    code, make = KINDS[name]
    path = served.write(name)
    served.answers(**{name: "1"})
    path.unlink()
    make(path)
    broken(served, name, code)
    path.unlink()
    served.answers(**{name: "404"})


def test_a_directory_that_holds_itself_is_told(served: Site) -> None:
    link = served.root / "again"
    link.symlink_to(".")
    eventually(lambda: served.told("again"), lambda found: found == {"unreadable"})
    assert served.answer("steady") == "1"
    link.unlink()
    eventually(lambda: served.told("again"), lambda found: not found)


def test_a_path_that_two_files_claim_stays_with_the_one_that_serves(served: Site) -> None:
    served.write("owner")
    served.answers(owner="1")
    thief = served.root / "a-thief.yaml"
    thief.write_text(served.text("a-thief", "9", "path: /hooks/owner\n"))
    eventually(lambda: served.told("a-thief.yaml"))
    assert served.answer("owner") == "1"
    assert served.told("owner.yaml") == {"duplicate-route"}
    assert served.states()["a-thief"] == "out of service"
    (served.root / "owner.yaml").unlink()
    served.answers(owner="9")
    thief.unlink()


def test_a_new_file_with_errors_is_out_of_service_where_its_path_can_be_read(served: Site) -> None:
    path = served.root / "newcomer.yaml"
    path.write_text("name: newcomer\nworkflow: http://127.0.0.1/\ntimeout: 3\n")
    served.answers(newcomer="503")
    path.unlink()
    served.answers(newcomer="404")


def test_git_checkout_of_200_files_is_taken_over_as_one(served: Site) -> None:
    root = served.root / "checkout"
    root.mkdir()

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)

    git("init", "-q")
    for version in ("1", "2"):
        for number in range(200):
            name = f"git-{number}"
            (root / f"{name}.yaml").write_text(served.text(name, version))
        git("add", "-A")
        git("commit", "-qm", version)
    served.answers(**{"git-199": "2"})
    before = served.status()["generation"]
    git("checkout", "-q", "HEAD~1")
    served.answers(**{"git-0": "1", "git-199": "1"})
    assert served.status()["generation"] - before == 1
    shutil.rmtree(root)
    served.answers(**{"git-0": "404"})


def test_a_sub_folder_that_is_renamed_into_place_is_served(served: Site, tmp_path: Path) -> None:
    outside = served.root.parent / "outside"
    outside.mkdir()
    (outside / "moved.yaml").write_text(served.text("moved"))
    outside.rename(served.root / "inside")
    served.answers(moved="1")
    (served.root / "inside" / "moved.yaml").write_text(served.text("moved", "2"))
    served.answers(moved="2")


def test_the_page_shows_what_status_and_reload_really_say(served: Site) -> None:
    path = served.write("shown")
    served.answers(shown="1")
    path.write_text("name: shown\nmetod: POST\nworkflow: http://x/\n")
    broken(served, "shown", "unknown-key")
    page = (Path(__file__).parents[2] / "docs/reload.md").read_text()
    status = json.loads(page.split("```json\n")[1].split("```")[0])
    found = served.status()
    assert status.keys() == found.keys()
    (told,) = (one["diagnostics"] for one in found["hooks"] if one["name"] == "shown")
    assert [(one["code"], one["hook"]) for one in told] == [("unknown-key", "shown")]
    for many in ("hooks", "workers", "diagnostics"):
        assert status[many][0].keys() == found[many][0].keys()
    report = json.loads(page.split("/-/reload\n")[1].splitlines()[0])
    assert report.keys() == served.reload().json().keys()
    path.unlink()

"""Revisions of a real repository are read without touching it, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli import git
from tests.support.command import called
from tests.support.repository import Repository

HOOK = """\
name: paris
method: POST
authentication: {type: bearer, tokens: [{secret: paris}]}
workflow: http://flows/paris
"""
PUBLIC = HOOK.replace("{type: bearer, tokens: [{secret: paris}]}", "none")
NOW_PUBLIC = "risk[now-public] paris: anyone may call the hook; it required a bearer token\n"
Plan = Callable[..., tuple[int, str, str]]


def changed(top: Path, folder: str = "hooks.d") -> Repository:
    """A repository whose `main` requires credentials and whose `HEAD` does not."""
    made = Repository(top)
    made.commit({f"{folder}/paris.yaml": HOOK, "README.md": "# Hooks\n"})
    made.git("checkout", "--quiet", "-b", "change")
    made.commit({f"{folder}/paris.yaml": PUBLIC})
    return made


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return changed(tmp_path / "repository")


@pytest.fixture
def plan(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, repository: Repository
) -> Plan:
    """`gateway plan` in the repository, or below another directory."""

    def told(*arguments: str, at: Path = repository.top) -> tuple[int, str, str]:
        monkeypatch.chdir(at)
        return called(capsys, "plan", *arguments)

    return told


def test_two_revisions_are_compared(plan: Plan) -> None:
    status, told, said = plan("main", "HEAD", "--fail-on", "risk")
    assert (status, said) == (1, "")
    assert told.startswith(NOW_PUBLIC + "  hooks.d/paris.yaml:3:1\n")
    assert plan("main", "HEAD^")[1] == "no change\n"
    assert plan("HEAD", "main")[1].startswith("notice[authentication-added] paris: ")


def test_every_place_in_a_repository_sees_the_same(
    plan: Plan, repository: Repository, tmp_path: Path
) -> None:
    told = plan("main", "change")
    below, linked, bare = repository.top / "hooks.d", tmp_path / "linked", tmp_path / "bare"
    repository.git("worktree", "add", "--quiet", "--detach", str(linked), "main")
    repository.git("clone", "--quiet", "--bare", str(repository.top), str(bare))
    assert plan("main", "change", at=below) == told
    assert plan("main", "change", at=linked) == told
    assert plan("main", "change", at=bare) == told
    # HEAD is where one is
    assert plan("HEAD", "change", at=linked) == told


def test_a_revision_is_compared_with_the_files_that_are_here(
    plan: Plan, repository: Repository
) -> None:
    (repository.top / "hooks.d" / "paris.yaml").write_text(HOOK)
    assert plan("main", "hooks.d") == (0, "no change\n", "")
    assert plan("HEAD", "hooks.d")[1].startswith("notice[authentication-added]")


def test_a_directory_wins_over_a_revision_of_its_name(plan: Plan, repository: Repository) -> None:
    (repository.top / "main").mkdir()
    (repository.top / "main" / "paris.yaml").write_text(PUBLIC)
    assert plan("main", "HEAD") == (0, "no change\n", "")
    assert plan("refs/heads/main", "HEAD")[1].startswith(NOW_PUBLIC)


def test_hooks_are_found_where_the_path_says(plan: Plan, tmp_path: Path) -> None:
    folder = "deploy/my hooks/é"
    other = changed(tmp_path / "other", folder)
    for written in (folder, f"./{folder}/"):
        told = plan("main", "HEAD", "--path", written, at=other.top)[1]
        assert told.startswith(f"{NOW_PUBLIC}  {folder}/paris.yaml:3:1\n")
    assert plan("main", "HEAD", "--path", ".", at=other.top)[1].startswith(NOW_PUBLIC)


def test_a_folder_that_a_revision_has_not_is_empty_there(
    plan: Plan, repository: Repository
) -> None:
    repository.git("mv", "hooks.d", "hooks")
    repository.commit({})
    status, told, said = plan("main", "HEAD", "--path", "hooks")
    assert status == 0
    assert told.startswith("risk[public-hook-added] paris: ")
    assert said == (
        "gateway: main has no directory hooks, so it counts as empty; "
        "to read another one, add --path FOLDER\n"
    )
    assert plan("main", "HEAD")[1].startswith("notice[hook-removed] paris: ")


def test_a_folder_that_no_revision_has_is_a_mistake(plan: Plan) -> None:
    status, told, said = plan("main", "HEAD", "--path", "hook.d")
    assert (status, told) == (2, "")
    assert "there is no hook file (*.yaml, *.yml) in main, nor in HEAD" in said


@pytest.mark.parametrize("name", ["mian", "main..HEAD", "HEAD~99", "main:hooks.d", "", "-x"])
def test_what_is_no_revision_is_said_to_be_none(plan: Plan, name: str) -> None:
    for pair in ((name, "HEAD"), ("HEAD", name)):
        status, told, said = plan("--", *pair)
        assert (status, told) == (2, "")
        assert f"{name!r} is neither a directory nor a revision" in said


def test_outside_of_a_repository_there_are_directories_only(plan: Plan, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    status, told, said = plan("main", "HEAD", at=outside)
    assert (status, told) == (2, "")
    assert "'main' is not a directory, and no git revision can be read here: not a git" in said


def test_without_git_that_is_said(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    status, _, said = plan("main", "HEAD")
    assert status == 2
    assert "git cannot be started" in said


@pytest.mark.parametrize("folder", ["..", "/etc", "../other", "hooks.d/../.."])
def test_a_folder_outside_of_the_repository_is_refused(plan: Plan, folder: str) -> None:
    status, _, said = plan("main", "HEAD", "--path", folder)
    assert status == 2
    assert f"{folder} is not a folder inside the repository" in said


def test_the_errors_of_a_revision_are_shown_and_nothing_else(
    plan: Plan, repository: Repository
) -> None:
    repository.commit({"hooks.d/rome.yaml": "name: Rome\n"})
    for pair in (("main", "HEAD"), ("HEAD", "main")):
        status, told, said = plan(*pair)
        assert (status, told) == (2, "")
        assert said.startswith("HEAD:\nhooks.d/rome.yaml:1:")
        assert "gateway: HEAD has errors, so the change cannot be explained" in said


def test_files_that_are_no_hooks_are_left_alone(plan: Plan, repository: Repository) -> None:
    before = plan("main", "HEAD")
    hidden = ("hooks.d/_draft.yaml", "hooks.d/.hidden/a.yaml", "hooks.d/a.yaml.bak", "a.yaml")
    repository.commit(dict.fromkeys(hidden, "no hook"))
    assert plan("main", "HEAD") == before


@pytest.mark.parametrize("attribute", ["export-ignore", "text eol=crlf", "-diff", "!merge"])
def test_no_attribute_hides_a_hook(plan: Plan, repository: Repository, attribute: str) -> None:
    attributes = f"# by ident\n\n*.yaml {attribute}\n"
    repository.commit({".gitattributes": attributes, "hooks.d/.gitattributes": attributes})
    assert plan("main", "HEAD")[1].startswith(NOW_PUBLIC)


@pytest.mark.parametrize("attribute", ["ident", "working-tree-encoding=UTF-7", "filter=x", "macro"])
def test_an_attribute_that_changes_a_checkout_is_refused(
    plan: Plan, repository: Repository, attribute: str
) -> None:
    attributes = f"*.yaml text {attribute}\n"
    repository.commit({".gitattributes": attributes})
    assert plan("main", "HEAD")[1].startswith(NOW_PUBLIC)
    repository.commit({"hooks.d/.gitattributes": attributes})
    status, told, said = plan("main", "HEAD")
    assert (status, told) == (2, "")
    assert f"hooks.d/.gitattributes of HEAD sets '{attribute.partition('=')[0]}'" in said


def test_settings_of_the_user_change_nothing(
    plan: Plan, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plan("main", "HEAD")
    attributes, settings = tmp_path / "attributes", tmp_path / "settings"
    attributes.write_text("*.yaml text export-ignore\n")
    settings.write_text(f"[core]\nautocrlf = true\nattributesFile = {attributes}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert plan("main", "HEAD") == before


def test_what_a_revision_only_points_at_is_refused(
    plan: Plan, repository: Repository, tmp_path: Path
) -> None:
    (repository.top / "hooks.d" / "link.yaml").symlink_to("paris.yaml")
    repository.commit({})
    status, _, said = plan("main", "HEAD")
    assert status == 2
    assert "hooks.d/link.yaml of HEAD is a symbolic link" in said
    repository.git("rm", "--quiet", "hooks.d/link.yaml")
    module = changed(tmp_path / "module")
    repository.git("submodule", "--quiet", "add", str(module.top), "hooks.d/shared")
    repository.commit({})
    status, _, said = plan("main", "HEAD")
    assert status == 2
    assert "hooks.d/shared of HEAD is a submodule" in said


def test_a_folder_inside_a_submodule_or_behind_a_link_is_not_taken_for_empty(
    plan: Plan, repository: Repository, tmp_path: Path
) -> None:
    module = changed(tmp_path / "module")
    repository.git("submodule", "--quiet", "add", str(module.top), "shared")
    (repository.top / "linked").symlink_to("hooks.d")
    repository.commit({"file": ""})
    for path, what in (
        ("shared/hooks.d", "shared of HEAD is a submodule"),
        ("shared", "shared of HEAD is a submodule"),
        ("linked", "linked of HEAD is a symbolic link"),
        ("file", "file of HEAD is a file"),
    ):
        status, _, said = plan("HEAD", "HEAD", "--path", path)
        assert status == 2
        assert what in said


def test_nothing_of_the_repository_is_changed(plan: Plan, repository: Repository) -> None:
    (repository.top / "hooks.d" / "paris.yaml").write_text("half a change")
    before = {
        path: path.read_bytes() for path in sorted(repository.top.rglob("*")) if path.is_file()
    }
    plan("main", "HEAD")
    assert {
        path: path.read_bytes() for path in sorted(repository.top.rglob("*")) if path.is_file()
    } == before


def _trap(directory: Path) -> tuple[Path, Path]:
    """A program that leaves a mark when it is run, and the mark."""
    program, mark = directory / "trap", directory / "mark"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
    program.chmod(0o755)
    return program, mark


@pytest.mark.parametrize(
    "setting",
    [
        *("filter.x.smudge", "filter.x.process", "filter.x.clean", "core.fsmonitor", "core.pager"),
        *("core.sshCommand", "core.editor", "diff.external", "diff.x.textconv", "gpg.program"),
        *("core.alternateRefsCommand", "credential.helper", "uploadpack.packObjectsHook"),
    ],
)
def test_nothing_that_the_repository_configures_is_run(
    plan: Plan, repository: Repository, tmp_path: Path, setting: str
) -> None:
    program, mark = _trap(tmp_path)
    repository.commit({".gitattributes": "* filter=x diff=x\n"})
    (repository.top / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        (repository.top / ".git" / "hooks" / hook).symlink_to(program)
    repository.git("config", setting, str(program))
    assert plan("main", "HEAD")[1].startswith(NOW_PUBLIC)
    assert plan("main", "hooks.d")[1].startswith(NOW_PUBLIC)
    assert not mark.exists()


@pytest.mark.parametrize("url", ["ext::TRAP", "ssh://TRAP/x", "file:///nowhere", "trap::x"])
def test_an_object_that_is_missing_is_not_fetched(
    plan: Plan, repository: Repository, tmp_path: Path, url: str
) -> None:
    program, mark = _trap(tmp_path)
    digest = repository.git("rev-parse", "HEAD:hooks.d/paris.yaml").strip()
    (repository.top / ".git" / "objects" / digest[:2] / digest[2:]).unlink()
    for setting, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": url.replace("TRAP", str(program)),
        "remote.origin.uploadpack": str(program),
        "core.sshCommand": str(program),
        "protocol.allow": "always",
    }.items():
        repository.git("config", setting, value)
    status, told, said = plan("main", "HEAD")
    assert (status, told) == (2, "")
    assert f"the object {digest} is missing in this repository; fetch it first" in said
    assert not mark.exists()


def _nested(repository: Repository, leaf: str, depth: int) -> str:
    """A commit whose tree has a hundred names for one tree, `depth` times over, and some bytes."""
    tree, kind = leaf, "100644 blob" if repository.git("cat-file", "-t", leaf) == "blob\n" else ""
    for _ in range(depth):
        entry = kind or "040000 tree"
        lines = "".join(f"{entry} {tree}\t{number:02}.yaml\n" for number in range(100))
        tree, kind = repository.git("mktree", given=lines).strip(), ""
    top = repository.git("mktree", given=f"040000 tree {tree}\thooks.d\n").strip()
    return repository.git("commit-tree", "-m", "a bomb", top).strip()


def test_a_tree_of_a_million_files_is_refused(plan: Plan, repository: Repository) -> None:
    blob = repository.git("rev-parse", "HEAD:hooks.d/paris.yaml").strip()
    status, told, said = plan("main", _nested(repository, blob, 3))
    assert (status, told) == (2, "")
    assert re.search("more than (200,000 files|67,108,864 bytes)", said)


def test_many_names_for_one_large_file_are_refused(plan: Plan, repository: Repository) -> None:
    repository.commit({"hooks.d/large.yaml": "#" * 900_000})
    blob = repository.git("rev-parse", "HEAD:hooks.d/large.yaml").strip()
    status, told, said = plan("main", _nested(repository, blob, 1))
    assert (status, told) == (2, "")
    assert "have more than 67,108,864 bytes together" in said


def test_a_tree_without_an_end_is_refused(
    plan: Plan, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "LONGEST", 0.5)
    empty = repository.git("mktree", given="").strip()
    status, told, said = plan("main", _nested(repository, empty, 9))
    assert (status, told) == (2, "")
    assert "git ls-tree did not end within" in said

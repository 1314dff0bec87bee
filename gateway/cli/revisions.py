"""The hook files of a git revision, as they are committed."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from posixpath import join, normpath

from gateway.cli.git import MOST_OUTPUT, Line, Repository
from gateway.cli.hookfiles import SUFFIXES, is_hidden
from gateway.errors import OperatorError
from gateway.language.source import Source
from gateway.language.yaml12.characters import MAX_FILE

_DIRECTORY = "040000"
_HARMLESS = (
    *("binary", "conflict-marker-size", "delta", "diff", "eol", "export-", "merge", "text"),
    "whitespace",
)
"""Beginnings of attributes that leave a file as it is, or change the ends of its lines, which mean
the same in YAML.
"""
_NO_FILES = {"120000": "a symbolic link", "160000": "a submodule"}


def folder_of(path: str) -> str:
    """A folder inside a repository, empty for all of it. Raises OperatorError for one outside."""
    folder = normpath(path)
    if folder.startswith(("/", "..")):
        raise OperatorError(f"{path} is not a folder inside the repository")
    return "" if folder == "." else folder


def read_revision(repository: Repository, revision: str, folder: str) -> list[Source] | None:
    """The hook files below a folder in order of name, named as the repository names them.

    None where the revision has no such folder. Raises OperatorError for what is no revision, and
    where some file that a checkout would show as a hook file cannot be read.
    """
    commit = repository.commit(revision)
    if commit is None:
        raise OperatorError(
            f"{revision!r} is neither a directory nor a revision of this git repository; "
            "a shallow clone has few revisions (in GitHub Actions, set fetch-depth)"
        )
    if not _has_folder(repository, commit, folder, revision):
        return None
    lines = repository.files(f"{commit}:{folder}")
    wanted = sorted(_hook_files(lines, revision, folder), key=lambda line: line.path)
    attributes = [line for line in lines if _is_attributes(line)]
    found = repository.blobs((line.digest for line in (*attributes, *wanted)), MAX_FILE + 1)
    for line in attributes:
        _refuse_changes(found[line.digest], _named(folder, line.path), revision)
    _refuse_copies(wanted, found, revision)
    return [Source(_named(folder, line.path), found[line.digest]) for line in wanted]


def _is_attributes(line: Line) -> bool:
    return line.mode not in _NO_FILES and posixpath.basename(line.path) == ".gitattributes"


def _refuse_changes(data: bytes, name: str, revision: str) -> None:
    """Raises OperatorError for a .gitattributes file by which a checkout could hold other bytes
    than the commit does, so that what is compared would not be what is served.
    """
    for line in data.decode(errors="replace").splitlines():
        _, *attributes = line.split() or [""]
        names = [one.lstrip("-!").partition("=")[0] for one in attributes]
        changing = [one for one in names if not one.startswith(("linguist-", *_HARMLESS))]
        if changing and not line.lstrip().startswith("#"):
            raise OperatorError(
                f"{name} of {revision} sets '{changing[0]}', so a checkout may have other hooks "
                "than the commit; remove the line, or compare checked-out directories"
            )


def _refuse_copies(wanted: list[Line], found: dict[str, bytes], revision: str) -> None:
    """Raises OperatorError where one blob, which is stored once, is too many files."""
    size = sum(len(found[line.digest]) for line in wanted)
    if size > MOST_OUTPUT:
        raise OperatorError(
            f"the hook files of {revision} have more than {MOST_OUTPUT:,} bytes together"
        )


def _has_folder(repository: Repository, commit: str, folder: str, revision: str) -> bool:
    parts = folder.split("/") if folder else []
    for number in range(len(parts)):
        path = "/".join(parts[: number + 1])
        found = repository.entry(commit, path)
        if found is None:
            return False
        if found.mode != _DIRECTORY:
            what = _NO_FILES.get(found.mode, "a file")
            raise OperatorError(f"{path} of {revision} is {what}, not a folder of hook files")
    return True


def _hook_files(lines: list[Line], revision: str, folder: str) -> Iterator[Line]:
    for line in lines:
        if any(map(is_hidden, line.path.split("/"))):
            continue
        if line.mode in _NO_FILES:
            raise OperatorError(
                f"{_named(folder, line.path)} of {revision} is {_NO_FILES[line.mode]}, whose "
                "target is not in the revision; compare checked-out directories"
            )
        if line.path.endswith(SUFFIXES):
            yield line


def _named(folder: str, path: str) -> str:
    """The path in the repository; a name that is not UTF-8 is escaped."""
    return os.fsencode(join(folder, path)).decode("utf-8", "backslashreplace")

"""The hook files of a git revision, each proved to be the one that is committed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from posixpath import join, normpath

from gateway.cli.git import Line, Repository
from gateway.cli.hookfiles import SUFFIXES, is_hidden
from gateway.errors import OperatorError
from gateway.language.source import Source
from gateway.language.yaml12.characters import MAX_FILE

_DIRECTORY = "040000"
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
            f"{revision!r} is neither a directory nor a revision of the git repository here; "
            "a shallow clone has few of them (in GitHub Actions: fetch-depth)"
        )
    if not _has_folder(repository, commit, folder, revision):
        return None
    tree = f"{commit}:{folder}"
    wanted = {line.path: line for line in _hook_files(repository.files(tree), revision, folder)}
    found = _contents(repository, tree, wanted) if wanted else {}
    for line in wanted.values():
        if not _is_committed(line, found.get(line.path)):
            raise OperatorError(
                f"{_named(folder, line.path)} of {revision} is hidden or changed by a "
                ".gitattributes file (export-ignore, eol …), so that nothing can be said about it; "
                "take that out, or compare directories that are checked out"
            )
    return [Source(_named(folder, path), found[path]) for path in sorted(wanted)]


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
                f"{_named(folder, line.path)} of {revision} is {_NO_FILES[line.mode]}, and what "
                "it leads to is not in the revision; compare directories that are checked out"
            )
        if line.path.endswith(SUFFIXES):
            yield line


def _contents(repository: Repository, tree: str, wanted: dict[str, Line]) -> dict[str, bytes]:
    found = {}
    with repository.archive(tree) as archive:
        for member in archive:
            if member.name in wanted and (file := archive.extractfile(member)) is not None:
                found[member.name] = file.read(MAX_FILE + 1)
    return found


def _is_committed(line: Line, data: bytes | None) -> bool:
    """By git's own digest; what is too large for a hook file is not read whole."""
    if data is None or len(data) > MAX_FILE:
        return data is not None
    algorithm = "sha1" if len(line.digest) == 40 else "sha256"
    blob = hashlib.new(algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
    blob.update(data)
    return blob.hexdigest() == line.digest


def _named(folder: str, path: str) -> str:
    """The path in the repository; a name that is not UTF-8 is escaped."""
    return os.fsencode(join(folder, path)).decode("utf-8", "backslashreplace")

"""A hook file with one more token in it, checked before anybody writes it."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.cli.formats.report import Report, report
from gateway.cli.insertion import LISTS, inserted, insertions
from gateway.language.findings import Findings
from gateway.language.outcome import ReadHook
from gateway.language.read import read
from gateway.language.source import Source
from gateway.language.spec import BearerAuthentication, Hook, Token
from gateway.language.yaml12 import Document, documents


class CannotAddError(Exception):
    """The file stays as it is; the message says why, and what to do."""


class UnsoundError(Exception):
    """The file has errors: `report` says which."""

    def __init__(self, found: Report) -> None:
        super().__init__("the file has errors")
        self.report = found


class UnknownHookError(Exception):
    """Which hook is meant cannot be told; the message names those that there are."""


class Addition(msgspec.Struct, frozen=True):
    """The file as it will be, the name of the hook, the line of the entry, and what is new."""

    source: Source
    hook: str
    line: int
    text: str


def add_digest(source: Source, digest: str, name: str | None) -> Addition:
    """Add a token's digest to the hook `name` of a file, or to the only one that it has.

    Raises UnsoundError, UnknownHookError or CannotAddError.
    """
    before = read((source,))
    found = report((source,), before)
    if found.errors:
        raise UnsoundError(found)
    hook = _chosen(before.hooks, name)
    wanted = _with_digest(hook.spec, digest)
    mark = codecs.BOM_UTF8 if source.data.startswith(codecs.BOM_UTF8) else b""
    text = source.data.removeprefix(mark).decode()
    new = insertions(text, _document(source, hook), hook.spec, digest)
    after = Source(source.name, mark + inserted(text, new).encode())
    specs = [wanted if one is hook else one.spec for one in before.hooks]
    if [one.spec for one in read((after,)).hooks] != specs:
        raise CannotAddError(
            f"the command cannot edit the layout of {source.name}; add the entry by hand, "
            "with the digest that `gateway token` prints"
        )
    shown = "\n".join(one.text.strip("\r\n") for one in new)
    return Addition(after, hook.spec.name, _line_of_last(after, hook), shown)


def _chosen(hooks: Sequence[ReadHook], name: str | None) -> ReadHook:
    names = ", ".join(one.spec.name for one in hooks)
    found = [one for one in hooks if name in (None, one.spec.name)]
    if not found:
        raise UnknownHookError(f"there is no hook '{name}' in the file; it has {names}")
    if len(found) > 1:
        raise UnknownHookError(f"the file has several hooks; choose one with --hook: {names}")
    return found[0]


def _with_digest(spec: Hook, digest: str) -> Hook:
    """The spec as it is to become."""
    entry = Token(sha256=digest)
    written: Any = spec.authentication
    if written is UNSET:
        wanted: Any = BearerAuthentication(tokens=[entry])
    else:
        wanted = _extended(spec.name, written, entry)
    return msgspec.structs.replace(spec, authentication=wanted)


def _extended(hook: str, written: Any, entry: Token) -> Any:
    kind = "none" if written == "none" else written.__struct_config__.tag
    if kind == "none":
        raise CannotAddError(
            f"hook '{hook}' has `authentication: none`, so anyone may call it. Remove it first"
        )
    if kind not in LISTS:
        raise CannotAddError(
            f"hook '{hook}' has `authentication` of type {kind}, which has no bearer tokens. "
            "Change it to `type: bearer` first"
        )
    entries = [*getattr(written, LISTS[kind]), entry]
    return msgspec.structs.replace(written, **{LISTS[kind]: entries})


def _document(source: Source, hook: ReadHook) -> Document:
    found = documents(source.data, Findings(source.name))
    return next(one for one in found if one.index == hook.document)


def _line_of_last(source: Source, hook: ReadHook) -> int:
    document = _document(source, hook)
    written = document.value["authentication"]
    name = LISTS[written["type"]]
    return document.value_place(("authentication", name, len(written[name]) - 1)).line

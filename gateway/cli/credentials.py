"""Credentials that stay the same from request to request, as words of a curl line."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from gateway.cli.body_key import with_body_key
from gateway.cli.curl import Call, word
from gateway.errors import OperatorError
from gateway.language.spec import (
    ApiKeyAuthentication,
    BasicAuthentication,
    BearerAuthentication,
    Hook,
    JwtAuthentication,
    SignatureAuthentication,
)
from gateway.runtime.secret import Cell, SecretKind, SecretStore

_KINDS: tuple[SecretKind, ...] = ("secret", "env")


class Wallet:
    """Where a person has credentials: in the secrets directory and in variables, or in the `file`
    that was named instead. `notes` gathers what there is to say about them.
    """

    def __init__(self, directory: Path, file: Path | None = None) -> None:
        self.notes: list[str] = []
        self._directory = directory
        self._store = SecretStore(directory)
        self._file = file

    def expansion(self, written: Any, unknown: str) -> str:
        """How a shell gets at a credential. A digest cannot be turned back: the variable
        `unknown` stands for what it was made of.
        """
        if self._file is not None:
            return f"$(cat {shlex.quote(str(self._file))})"
        cell = self._cell(written)
        if cell is None:
            self.notes.append(
                f"the hook has only a digest of this credential: set {unknown} to the credential, "
                "or pass a file that contains it with --key"
            )
            return f"${unknown}"
        if cell.problem:
            self.notes.append(cell.problem)
        if cell.kind == "env":
            return f"${cell.name}"
        return f"$(cat {shlex.quote(str(self._directory / cell.name))})"

    def cells(self, entries: Sequence[Any]) -> Iterator[Cell]:
        """The secrets of entries, those that have not expired first; or that of the file."""
        if self._file is not None:
            yield SecretStore(self._file.parent).cell("secret", self._file.name)
            return
        for entry in sorted(entries, key=_is_over):
            if (cell := self._cell(entry)) is not None:
                yield cell

    def first(self, make: Callable[[bytes], Any], entries: Sequence[Any]) -> Any:
        """What the first secret makes that can make anything. Raises OperatorError with all
        reasons.
        """
        reasons = []
        for cell in self.cells(entries):
            if cell.secret is None:
                remedy = f" ({cell.remedy})" if cell.kind == "secret" else ""
                reasons.append(f"{cell.problem}{remedy}")
                continue
            try:
                return make(cell.secret.reveal())
            except ValueError as reason:
                reasons.append(f"{cell.label}: {reason}")
        if not reasons:
            reasons.append("only the issuer has the private key for its tokens")
        raise OperatorError(f"{'; '.join(reasons)}. To sign with the key in a file, add --key FILE")

    def _cell(self, written: Any) -> Cell | None:
        for kind in _KINDS:
            if isinstance(name := getattr(written, kind, UNSET), str):
                return self._store.cell(kind, name)
        return None


def lasts(hook: Hook) -> bool:
    """Whether a line that opens the hook now does so tomorrow."""
    return not isinstance(hook.authentication, (JwtAuthentication, SignatureAuthentication))


def with_credentials(hook: Hook, call: Call, wallet: Wallet) -> Call:
    """The call with a lasting credential, where the hook asks for one."""
    match hook.authentication:
        case BearerAuthentication(tokens=tokens):
            token = wallet.expansion(_best(tokens), "TOKEN")
            words = ("-H", word("Authorization: Bearer ", token))
        case BasicAuthentication(users=users):
            user = _best(users)
            words = ("-u", word(f"{user.username}:", wallet.expansion(user.password, "PASSWORD")))
        case ApiKeyAuthentication(header=str(header), keys=keys):
            words = ("-H", word(f"{header}: ", wallet.expansion(_best(keys), "KEY")))
        case ApiKeyAuthentication(query=str(query), keys=keys):
            words = ("--url-query", word(f"{quote(query)}=", wallet.expansion(_best(keys), "KEY")))
        case ApiKeyAuthentication(body=str(pointer), keys=keys):
            return with_body_key(hook, call, pointer, wallet.expansion(_best(keys), "KEY"))
        case _:
            return call
    return msgspec.structs.replace(call, words=(*call.words, *words))


def _best(entries: Sequence[Any]) -> Any:
    """The first that has not expired and whose value can be found."""
    return min(entries, key=lambda entry: (_is_over(entry), not _is_reference(entry)))


def _is_over(entry: Any) -> bool:
    return isinstance(entry.expires, datetime) and entry.expires <= datetime.now(UTC)


def _is_reference(entry: Any) -> bool:
    written = getattr(entry, "password", entry)
    return any(getattr(written, kind) is not UNSET for kind in _KINDS)

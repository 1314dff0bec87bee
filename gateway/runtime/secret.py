"""Secrets: a type that cannot be printed by accident, and the store that finds their values."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol
from weakref import WeakSet

from gateway.language.issued import masked

MAX_SECRET = 64 * 1024
SecretKind = Literal["secret", "env"]


class Secret:
    """A secret value. `reveal()` is the one way to its bytes, and can be searched for."""

    __slots__ = ("_value", "sha256")

    def __init__(self, value: bytes) -> None:
        self._value = value
        self.sha256 = sha256(value).digest()

    def reveal(self) -> bytes:
        """The secret's bytes."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        raise TypeError("a secret has no text form; reveal() gives its bytes")

    def __reduce__(self) -> str:
        raise TypeError("a secret is not serialised")


class Cell:
    """What a reference points to now. The store writes it; guards read it at each request.

    `secret` is None while the reference is missing, empty or blank, and then `problem` says so in
    words an operator can act on, naming the reference and never the value. `directory` is where
    secret files are.
    """

    __slots__ = ("_directory", "kind", "name", "problem", "secret")

    def __init__(self, kind: SecretKind, name: str, directory: Path | None) -> None:
        self._directory = directory
        self.kind = kind
        self.name = name
        self.secret: Secret | None = None
        self.problem = f"{self.label} has not been read"

    @property
    def label(self) -> str:
        """The reference in words, for messages; who wrote a credential as a name has it masked."""
        what = "secret" if self.kind == "secret" else "variable"
        return f"{what} '{masked(self.name)}'"

    @property
    def remedy(self) -> str:
        """What to do where the reference has no value, or one that cannot be used."""
        if self.kind == "env":
            return "set the variable and restart the gateway"
        if self._directory is None:
            return "set the directory of secrets with --secrets DIR"
        what = "write its value into" if self.secret is None else "correct its value in"
        return f"{what} {self._directory / masked(self.name)}"


Found = Mapping[Cell, tuple[Secret | None, str]]
"""The secret of each cell as it was just read, or None and why."""


class Dependent(Protocol):
    """What is made of secrets and has to change with them."""

    def renewal(self, found: Found) -> Callable[[], None]:
        """Make what new values become; what is returned puts it in place."""


def call(put: Callable[[], None]) -> None:
    """What puts values in place where no requests are."""
    put()


def differ(one: Secret | None, other: Secret | None) -> bool:
    """Whether two values of a reference are not the same."""
    if one is None or other is None:
        return one is not other
    return one.sha256 != other.sha256


class SecretStore:
    """Finds the values of references; `refresh` reads them again.

    A reference is read when it is first asked for and at each refresh, never in a request.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._cells: dict[tuple[SecretKind, str], Cell] = {}
        self._dependents: WeakSet[Dependent] = WeakSet()

    def cell(self, kind: SecretKind, name: str) -> Cell:
        """The one cell of a reference; it stays the same object for the life of the process."""
        key = (kind, name)
        if key not in self._cells:
            cell = Cell(kind, name, self._directory)
            cell.secret, cell.problem = self._look(cell)
            self._cells[key] = cell
        return self._cells[key]

    def follow(self, dependent: Dependent) -> None:
        """Renew what is made of secrets with each refresh, in its thread, while it is in use."""
        self._dependents.add(dependent)

    def refresh(self, at_once: Callable[[Callable[[], None]], None] = call) -> list[str]:
        """Read every known reference again; the labels of those whose value changed.

        `at_once` calls what it is given where no request can see half of it done: of two secrets
        that rotate together, one of the new and one of the old values would open to nobody.
        """
        found = self._look_at_all()
        changed = [cell.label for cell, secret, _ in found if differ(cell.secret, secret)]
        values = {cell: (secret, problem) for cell, secret, problem in found}
        renewals = [one.renewal(values) for one in list(self._dependents)]

        def put() -> None:
            for cell, secret, problem in found:
                cell.problem = problem
                if differ(cell.secret, secret):
                    cell.secret = secret
            for renew in renewals:
                renew()

        at_once(put)
        return changed

    def _look_at_all(self) -> list[tuple[Cell, Secret | None, str]]:
        """Every reference, as of one moment: kubelet swaps all files by one link."""
        while True:
            before = self._version()
            found = [(cell, *self._look(cell)) for cell in list(self._cells.values())]
            if self._version() == before:
                return found

    def _version(self) -> str:
        """What a Kubernetes volume holds now; empty for other directories."""
        try:
            return os.readlink(self._directory / "..data") if self._directory else ""
        except OSError:
            return ""

    def _look(self, cell: Cell) -> tuple[Secret | None, str]:
        """The value of a reference now, or None and why."""
        try:
            value = self._read(cell)
        except FileNotFoundError:
            return None, f"{cell.label} is missing"
        except (OSError, ValueError) as error:
            return None, f"{cell.label} cannot be read: {_reason(error)}"
        if not value:
            return None, f"{cell.label} is empty"
        return (None, f"{cell.label} is blank") if _is_blank(value) else (Secret(value), "")

    def _read(self, cell: Cell) -> bytes:
        if cell.kind == "env":
            value = os.environb.get(cell.name.encode())
            if value is None:
                raise FileNotFoundError
            return _without_newline(value)
        if self._directory is None:
            raise ValueError("there is no secrets directory; set it with --secrets")
        return _read_file(self._directory / cell.name)


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or "unknown" if isinstance(error, OSError) else str(error)


def _read_file(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        value = file.read(MAX_SECRET + 1)
    if len(value) > MAX_SECRET:
        raise ValueError(f"larger than {MAX_SECRET} bytes")
    return _without_newline(value)


def _is_blank(value: bytes) -> bool:
    """Whether a value shows nothing: blanks, line ends, control characters, a byte order mark.
    A file that something cut short holds these, and everybody could guess them.
    """
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return False
    return not any(sign.isprintable() and not sign.isspace() for sign in text)


def _without_newline(value: bytes) -> bytes:
    """Editors and `echo` end a file with a newline that nobody means to be part of the secret."""
    return value.removesuffix(b"\n").removesuffix(b"\r") if value.endswith(b"\n") else value

"""What a hook cannot do without: while one of its needs has a problem, it is out of service."""

from __future__ import annotations

import logging
from collections.abc import Callable
from traceback import format_tb
from typing import Generic, Protocol, TypeVar

from gateway.runtime.secret import Cell, Secret

_log = logging.getLogger("gateway.internal")

Value = TypeVar("Value")


class Need(Protocol):
    """`problem` says in words what is wrong, and is empty while all is well; `remedy` says what an
    operator can do about it, and is empty where `problem` says that as well.
    """

    @property
    def problem(self) -> str: ...

    @property
    def remedy(self) -> str: ...


class Prepared(Generic[Value]):
    """What a secret becomes, made once for each value that the secret takes.

    `prepare` raises ValueError, with a sentence that holds no part of the secret, for one that
    cannot be used; of any other exception only the kind is shown. From `until` (POSIX seconds) on
    it stands for nothing and is not needed.
    """

    __slots__ = ("_cell", "_clock", "_prepare", "_problem", "_secret", "_until", "_value")

    def __init__(
        self,
        cell: Cell,
        prepare: Callable[[bytes], Value],
        until: float,
        clock: Callable[[], float],
    ) -> None:
        self._cell = cell
        self._prepare = prepare
        self._until = until
        self._clock = clock
        self._secret: Secret | None = None
        self._value: Value | None = None
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why the secret cannot be used; empty while it can, and once it has expired."""
        if self._clock() >= self._until:
            return ""
        self._follow()
        return self._problem

    @property
    def remedy(self) -> str:
        """What to do about the problem."""
        return self._cell.remedy

    def value(self) -> Value | None:
        """What the secret is now; None where it is expired, missing or cannot be used."""
        if self._clock() >= self._until:
            return None
        self._follow()
        return self._value

    def _follow(self) -> None:
        secret = self._cell.secret
        if secret is not None and secret is self._secret:
            return
        self._secret, self._value, self._problem = secret, None, self._cell.problem
        if secret is None:
            return
        try:
            self._value = self._prepare(secret.reveal())
        except ValueError as error:
            self._problem = f"{self._cell.label} cannot be used: {error}"
        except Exception as error:
            self._problem = f"{self._cell.label} cannot be used: {type(error).__name__}"
            # The exception's own message may hold a part of the secret.
            _log.error("%s\n%s", self._problem, "".join(format_tb(error.__traceback__)))

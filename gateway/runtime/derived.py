"""What several secrets become together, made where they are read and never in a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from gateway.runtime.secret import Cell, Found, Secret, differ

Value = TypeVar("Value")


class Derived(Generic[Value]):
    """`value` is None while one of the secrets is missing or they cannot be used, and then
    `problem` says so.
    """

    __slots__ = ("__weakref__", "_cells", "_made_of", "_make", "problem", "value")

    def __init__(self, cells: tuple[Cell, ...], make: Callable[[list[bytes]], Value]) -> None:
        self._cells = cells
        self._make = make
        self._made_of: tuple[Secret | None, ...] = ()
        self.value: Value | None = None
        self.problem = ""
        self.renewal({cell: (cell.secret, cell.problem) for cell in cells})()

    def renewal(self, found: Found) -> Callable[[], None]:
        """Make the value of secrets that were just read; what is returned puts it in place.

        Nothing is made anew of secrets that stayed the same.
        """
        secrets = [found[cell][0] for cell in self._cells]
        problem = next((found[cell][1] for cell in self._cells if found[cell][0] is None), "")
        if self._same(secrets) and not problem:
            return _nothing
        value = None
        present = [secret.reveal() for secret in secrets if secret is not None]
        if not problem:
            try:
                value = self._make(present)
            except (ValueError, OSError) as error:
                labels = " and ".join(cell.label for cell in self._cells)
                problem = f"{labels} cannot be used: {error}"

        def put() -> None:
            self._made_of, self.value, self.problem = tuple(secrets), value, problem

        return put

    @property
    def remedy(self) -> str:
        """What to do about the problem."""
        lacking = [cell for cell in self._cells if cell.secret is None]
        return "; ".join(cell.remedy for cell in lacking or self._cells)

    def _same(self, secrets: list[Secret | None]) -> bool:
        made_of = self._made_of
        return len(secrets) == len(made_of) and not any(map(differ, secrets, made_of))


def _nothing() -> None:
    pass

"""Secrets are read as of one moment and put in place at once, so that rotation has no gap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gateway.runtime.secret import Cell, Secret, SecretStore
from tests.reload.volumes import Volume


def _values(*cells: Cell) -> list[bytes | None]:
    return [cell.secret.reveal() if cell.secret else None for cell in cells]


def test_values_change_together_where_they_are_put_in_place(tmp_path: Path) -> None:
    for name in ("current", "previous"):
        (tmp_path / name).write_text("old")
    store = SecretStore(tmp_path)
    cells = [store.cell("secret", name) for name in ("current", "previous")]
    (tmp_path / "current").write_text("new")
    (tmp_path / "previous").unlink()
    seen = []

    def at_once(put: Callable[[], None]) -> None:
        seen.append(_values(*cells))
        put()
        seen.append(_values(*cells))

    assert store.refresh(at_once) == ["secret 'current'", "secret 'previous'"]
    assert seen == [[b"old", b"old"], [b"new", None]]
    assert [cell.problem for cell in cells] == ["", "secret 'previous' is missing"]


def test_a_value_that_is_the_same_stays_the_same_object(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("value")
    store = SecretStore(tmp_path)
    cell = store.cell("secret", "a")
    before = cell.secret
    (tmp_path / "a").write_text("value\n")
    assert store.refresh() == []
    assert cell.secret is before


def test_a_volume_that_is_swapped_meanwhile_is_read_as_of_one_moment(tmp_path: Path) -> None:
    volume = Volume(tmp_path / "secrets")
    volume.write({"current": "1", "previous": "0"})

    class Swapping(SecretStore):
        """A store that kubelet overtakes in the middle of its reading."""

        swaps = 1

        def _look(self, cell: Cell) -> tuple[Secret | None, str]:
            found = super()._look(cell)
            if cell.name == "previous" and self.swaps and len(self._cells) == 2:
                self.swaps -= 1
                volume.write({"current": "2", "previous": "1"})
            return found

    store = Swapping(volume.directory)
    cells = [store.cell("secret", name) for name in ("previous", "current")]
    store.refresh()
    assert _values(*cells) == [b"1", b"2"]
    assert store.swaps == 0

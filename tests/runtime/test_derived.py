"""What is made of several secrets is made once for each change, never of half of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.runtime.derived import Derived
from gateway.runtime.secret import SecretStore


class Pair:
    """Two secrets and what is made of them; `made` are all the values there were."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.made: list[bytes] = []
        self.write(b"a", b"b")
        self.store = SecretStore(directory)
        cells = self.store.cell("secret", "one"), self.store.cell("secret", "two")
        self.derived = Derived(cells, self._make)
        self.store.follow(self.derived)

    def write(self, one: bytes, two: bytes) -> None:
        (self.directory / "one").write_bytes(one)
        (self.directory / "two").write_bytes(two)

    def _make(self, values: list[bytes]) -> bytes:
        if b"bad" in values:
            raise ValueError("it is bad")
        self.made.append(b"".join(values))
        return self.made[-1]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def test_it_is_made_once_for_each_change(pair: Pair) -> None:
    for _ in range(3):
        pair.store.refresh()
    pair.write(b"c", b"d")
    for _ in range(3):
        pair.store.refresh()
    assert pair.made == [b"ab", b"cd"]
    assert (pair.derived.value, pair.derived.problem) == (b"cd", "")


def test_it_changes_together_with_the_secrets(pair: Pair) -> None:
    pair.write(b"c", b"d")
    pair.store.refresh(lambda _put: None)
    assert (pair.derived.value, pair.derived.problem) == (b"ab", "")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ((b"a", b""), "secret 'two' is empty"),
        ((b"", b"b"), "secret 'one' is empty"),
        ((b"a", b"bad"), "secret 'one' and secret 'two' cannot be used: it is bad"),
    ],
)
def test_without_a_usable_secret_there_is_none_until_there_is(
    pair: Pair, values: tuple[bytes, bytes], problem: str
) -> None:
    pair.write(*values)
    pair.store.refresh()
    assert (pair.derived.value, pair.derived.problem) == (None, problem)
    pair.store.refresh()
    assert (pair.derived.value, pair.derived.problem) == (None, problem)
    pair.write(b"a", b"b")
    pair.store.refresh()
    assert (pair.derived.value, pair.derived.problem) == (b"ab", "")

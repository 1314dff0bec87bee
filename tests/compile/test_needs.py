"""Secrets made ready: once for each value, never for an expired one, and problems in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.compile.needs import Prepared
from gateway.runtime.secret import Cell, SecretStore


class Making:
    """Makes a key of a secret, and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, value: bytes) -> str:
        self.made += 1
        if value == b"bad":
            raise ValueError("it is not a key")
        return f"key of {len(value)} bytes"


@pytest.fixture
def store(tmp_path: Path) -> SecretStore:
    (tmp_path / "key").write_bytes(b"good")
    return SecretStore(tmp_path)


def cell(store: SecretStore) -> Cell:
    return store.cell("secret", "key")


def test_a_key_is_made_once_for_each_value(store: SecretStore, tmp_path: Path) -> None:
    making = Making()
    prepared = Prepared(cell(store), making, float("inf"), lambda: 0.0)
    assert [prepared.value() for _ in range(5)] == ["key of 4 bytes"] * 5
    assert prepared.problem == ""
    assert making.made == 1
    (tmp_path / "key").write_bytes(b"longer")
    assert prepared.value() == "key of 4 bytes"
    store.refresh()
    assert [prepared.value() for _ in range(5)] == ["key of 6 bytes"] * 5
    assert making.made == 2


def test_what_cannot_be_a_key_is_tried_once_and_said(store: SecretStore, tmp_path: Path) -> None:
    making = Making()
    prepared = Prepared(cell(store), making, float("inf"), lambda: 0.0)
    (tmp_path / "key").write_bytes(b"bad")
    store.refresh()
    for _ in range(3):
        assert prepared.problem == "secret 'key' cannot be used: it is not a key"
        assert prepared.value() is None
    assert making.made == 1
    (tmp_path / "key").unlink()
    store.refresh()
    assert prepared.problem == "secret 'key' is missing"
    assert prepared.value() is None


def test_a_secret_that_making_fails_on_is_a_problem_and_not_shown(
    store: SecretStore, caplog: pytest.LogCaptureFixture
) -> None:
    def make(value: bytes) -> str:
        raise KeyError(value)

    prepared = Prepared(cell(store), make, float("inf"), lambda: 0.0)
    for _ in range(3):
        assert prepared.problem == "secret 'key' cannot be used: KeyError"
        assert prepared.value() is None
    (told,) = caplog.records
    assert "in make" in told.getMessage()
    assert "good" not in caplog.text


def test_from_its_end_on_a_secret_stands_for_nothing_and_is_not_needed(
    store: SecretStore,
) -> None:
    now = [99.9]
    making = Making()
    prepared = Prepared(cell(store), making, 100.0, lambda: now[0])
    assert prepared.value() == "key of 4 bytes"
    now[0] = 100.0
    assert prepared.value() is None
    assert prepared.problem == ""


def test_a_prepared_secret_is_not_shown(store: SecretStore) -> None:
    prepared = Prepared(cell(store), bytes, float("inf"), lambda: 0.0)
    assert prepared.value() == b"good"
    assert "good" not in repr(prepared)

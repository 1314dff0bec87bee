"""A secret shows itself to `reveal()` alone; a reference that leads nowhere says why."""

from __future__ import annotations

import copy
import os
import pickle
import traceback
from pathlib import Path

import msgspec
import pytest

from gateway.runtime.secret import MAX_SECRET, Cell, Secret, SecretStore

VALUE = b"canary"


def test_a_secret_is_masked_wherever_values_are_shown() -> None:
    secret = Secret(VALUE)
    assert repr(secret) == f"{secret!r}" == f"{[secret]}"[1:-1] == "Secret(***)"
    assert b"canary" not in msgspec.json.encode({"a": secret}, enc_hook=repr)
    assert secret.reveal() == VALUE


def test_a_secret_has_no_text_and_is_not_copied_to_anywhere() -> None:
    secret = Secret(VALUE)
    for leak in (
        str,
        "{}".format,
        lambda it: f"{it}",
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        vars,
    ):
        with pytest.raises(TypeError) as raised:
            leak(secret)
        assert "canary" not in "".join(traceback.format_exception(raised.value))


def cell(tmp_path: Path, content: bytes | None, name: str = "token") -> Cell:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    return SecretStore(tmp_path).cell("secret", name)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"a", b"a"), (b"a\n", b"a"), (b"a\r\n", b"a"), (b"a\n\n", b"a\n"), (b" a ", b" a "),
        (b"a\r", b"a\r"), (b"\xff\x00", b"\xff\x00"), (b"x" * MAX_SECRET, b"x" * MAX_SECRET),
    ],
)  # fmt: skip
def test_one_newline_at_the_end_is_no_part_of_a_secret(
    tmp_path: Path, content: bytes, value: bytes
) -> None:
    found = cell(tmp_path, content)
    assert found.secret is not None
    assert found.secret.reveal() == value
    assert not found.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "secret 'token' is missing"),
        (b"", "secret 'token' is empty"),
        (b"\n", "secret 'token' is empty"),
        (b"\r\n", "secret 'token' is empty"),
        (b"\n\n", "secret 'token' is blank"),
        (b" \t  \n", "secret 'token' is blank"),
        (b"\0\0\0\0", "secret 'token' is blank"),
        ("\ufeff\n".encode(), "secret 'token' is blank"),
        ("\u00a0\u200b\u2028".encode(), "secret 'token' is blank"),
        (b"x" * (MAX_SECRET + 1), "secret 'token' cannot be read: larger than 65536 bytes"),
    ],
)
def test_what_is_no_secret_is_named_and_never_shown(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    found = cell(tmp_path, content)
    assert found.secret is None
    assert found.problem == problem


@pytest.mark.timeout(10)
def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token")
    (tmp_path / "directory").mkdir()
    store = SecretStore(tmp_path)
    assert "not a regular file" in store.cell("secret", "token").problem
    assert "cannot be read" in store.cell("secret", "directory").problem


def test_without_a_directory_the_flag_is_named() -> None:
    assert "--secrets" in SecretStore(None).cell("secret", "token").problem


def test_a_variable_is_read_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environb, b"TOKEN", b"gr\xfcn\n")
    monkeypatch.delenv("GONE", raising=False)
    store = SecretStore(None)
    secret = store.cell("env", "TOKEN").secret
    assert secret is not None
    assert secret.reveal() == b"gr\xfcn"
    assert store.cell("env", "GONE").problem == "variable 'GONE' is missing"


def test_a_refresh_changes_the_cell_that_everybody_holds(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    held = store.cell("secret", "token")
    assert held.secret is None
    (tmp_path / "token").write_bytes(b"one")
    (tmp_path / "other").write_bytes(b"same")
    store.cell("secret", "other")
    assert store.refresh() == ["secret 'token'"]
    assert held is store.cell("secret", "token")
    assert held.secret is not None
    (tmp_path / "token").unlink()
    assert store.refresh() == ["secret 'token'"]
    assert held.secret is None
    assert store.refresh() == []

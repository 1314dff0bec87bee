"""What is stored is sealed with the first key, and opened with any that the gateway has."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.runs.sealed import (
    NO_KEYS,
    PREFIX,
    SealedError,
    UnreadableError,
    foreign,
    name_of,
    of_answer,
    of_request,
)
from gateway.runs.sealing import Key, Keyring, keyring

ABOUT = of_request("orders")


def line(name: str) -> str:
    """A key as a line of a secret."""
    return b64encode(sha256(name.encode()).digest()).decode()


def ring(*lines: str) -> Keyring:
    return keyring("\n".join(lines).encode())


def identity(name: str) -> str:
    """What messages call a key."""
    found = name_of(ring(line(name)).seal(b"", ABOUT))
    assert found is not None
    return found.hex()


@pytest.mark.parametrize(
    ("byte", "about", "sealed"),
    [
        (1, b"", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
        (3, b"c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
    ],
)
def test_the_cipher_is_that_of_its_specification(byte: int, about: bytes, sealed: str) -> None:
    nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX"
    made = Key(bytes([byte]) * 32).seal(b"XAES-256-GCM", about, nonce)
    assert made[PREFIX + len(nonce) :].hex() == sealed


@given(st.binary(max_size=200))
def test_what_is_sealed_is_opened_again(data: bytes) -> None:
    keys = ring(line("one"))
    sealed = keys.seal(data, ABOUT)
    assert keys.open(sealed, ABOUT) == data
    assert len(data) < 4 or data not in sealed


def test_the_same_is_never_sealed_in_the_same_way() -> None:
    keys = ring(line("one"))
    assert len({keys.seal(b"data", ABOUT) for _ in range(100)}) == 100


@given(st.data())
def test_what_was_changed_anywhere_is_not_opened(data: st.DataObject) -> None:
    keys = ring(line("one"))
    sealed = bytearray(keys.seal(b"data", ABOUT))
    place = data.draw(st.integers(1, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(UnreadableError):
        keys.open(bytes(sealed), ABOUT)


@pytest.mark.parametrize("length", [*range(1, 50, 7), 52])
def test_what_was_cut_is_not_opened(length: int) -> None:
    keys = ring(line("one"))
    with pytest.raises(UnreadableError):
        keys.open(keys.seal(b"data", ABOUT)[:length], ABOUT)


@pytest.mark.parametrize(
    ("sealed", "asked"),
    [
        (of_request("orders"), of_request("refunds")),
        (of_answer("one"), of_answer("two")),
        (of_request("one"), of_answer("one")),
    ],
)
def test_what_is_about_something_else_is_not_opened(sealed: bytes, asked: bytes) -> None:
    keys = ring(line("one"))
    with pytest.raises(UnreadableError, match="another hook's"):
        keys.open(keys.seal(b"data", sealed), asked)


def test_the_first_key_seals_and_each_opens() -> None:
    old, both = ring(line("old")), ring(line("new"), line("old"))
    assert both.open(old.seal(b"data", ABOUT), ABOUT) == b"data"
    sealed = both.seal(b"data", ABOUT)
    assert ring(line("old"), line("new")).open(sealed, ABOUT) == b"data"
    with pytest.raises(SealedError, match=identity("new")):
        old.open(sealed, ABOUT)


def test_what_was_stored_before_there_was_a_key_is_read() -> None:
    assert ring(line("one")).open(b"\x01data", ABOUT) == b"\x01data"


def test_a_plain_first_line_seals_nothing_and_opens_what_was_sealed() -> None:
    plain = ring("plain", line("one"))
    assert plain.seal(b"data", ABOUT) == b"data"
    assert plain.open(ring(line("one")).seal(b"data", ABOUT), ABOUT) == b"data"
    assert ring("plain").known == frozenset()


def test_nobody_hopes_for_a_key_that_is_lost() -> None:
    sealed = ring(line("old")).seal(b"data", ABOUT)
    keys = ring(line("new"), f"lost {identity('old')}")
    with pytest.raises(UnreadableError, match="which is lost") as refused:
        keys.open(sealed, ABOUT)
    assert not isinstance(refused.value, SealedError)


def test_without_keys_what_is_sealed_says_so() -> None:
    assert NO_KEYS.seal(b"data", ABOUT) == NO_KEYS.open(b"data", ABOUT) == b"data"
    with pytest.raises(SealedError, match="no --store-key"):
        NO_KEYS.open(ring(line("one")).seal(b"data", ABOUT), ABOUT)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("not base64!", "line 1 is not a key in base64"),
        (line("one")[:-4], "line 1 has 30 bytes in base64, not 32"),
        (line("one") + "AAAA", "line 1 is not a key in base64"),
        (b64encode(bytes(16)).decode(), "line 1 has 16 bytes"),
        (b64encode(bytes(32)).decode(), "line 1 is not random"),
        (f"{line('one')}\n\n{line('two')}", "line 2 is empty"),
        (f"{line('one')}\nplain", "line 2 is not a key in base64"),
        (f"{line('one')}\n{line('one')}", "line 2 has the key of another line"),
        (f"{line('one')}\nlost", "line 2 does not name a key by its 16 hexadecimal digits"),
        (f"{line('one')}\nlost 0123", "line 2 does not name a key"),
        ("lost 0123456789abcdef", "it has no key"),
        (f"\ufeff{line('one')}", "line 1 is not a key in base64"),
        ("\n".join(line(str(n)) for n in range(65)), "it has 65 lines; it may have 64"),
        (f"{line('one')}\nlost {identity('one')}", "is said to be lost"),
    ],
)
def test_a_secret_that_has_no_keys_says_which_line_and_nothing_of_it(value: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        keyring(value.encode())
    for part in value.split():
        assert len(part) < 10 or part == identity("one") or part not in str(refused.value)


def test_line_ends_of_other_systems_are_no_part_of_a_key() -> None:
    assert ring(line("one"), line("two")).known == ring(f"{line('one')}\r", line("two")).known


def test_a_key_has_no_text_that_could_be_logged() -> None:
    assert repr(Key(bytes(range(32)))) == "Key(***)"


def test_a_gateway_that_cannot_open_what_others_store_is_told_which_key_it_lacks() -> None:
    newest = ring(line("new")).seal(b"data", ABOUT)[:PREFIX]
    assert foreign(None, None) == foreign(b"\x01", None) == foreign(b"\x01", frozenset()) == ""
    assert foreign(newest, ring(line("old"), line("new")).known) == ""
    assert "set --store-key" in foreign(newest, None)
    assert f"'lost {identity('new')}'" in foreign(newest, ring(line("old")).known)
    assert foreign(newest, ring(line("old"), f"lost {identity('new')}").known) == ""

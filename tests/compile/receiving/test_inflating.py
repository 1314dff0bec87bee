"""Compressed bodies are bounded: in memory, in size, and in what they may be."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.receiving.inflating import PIECE, coding_of, inflated
from gateway.errors import Malformed, TooLarge, Unavailable, UnsupportedMedia
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.offloading import Offloading
from tests.support.thorough import cases

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def offloading() -> Iterator[Offloading]:
    made = Offloading()
    yield made
    made.close()


class Account:
    """What is charged, and the most that ever was."""

    def __init__(self) -> None:
        self.held = 0
        self.most = 0

    def __call__(self, size: int) -> None:
        self.held += size
        self.most = max(self.most, self.held)


def inflate(
    body: bytes, offloading: Offloading, limit: int = MIB, coding: str = "gzip"
) -> tuple[bytes, Account]:
    account = Account()
    return asyncio.run(inflated(body, coding, limit, account, offloading)), account


@pytest.mark.parametrize("size", [0, 1, 16 * 1024, 16 * 1024 + 1, MIB])
@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_what_was_compressed_comes_out_and_stays_charged(
    offloading: Offloading, size: int, coding: str, compress: object
) -> None:
    plain = bytes(index * index % 251 for index in range(size))
    assert callable(compress)
    found, account = inflate(compress(plain), offloading, coding=coding)
    assert found == plain
    assert account.held == size
    assert account.most <= 2 * size + 2 * PIECE


def test_a_bomb_costs_no_more_memory_than_the_limit(offloading: Offloading) -> None:
    bomb = gzip.compress(b" " * (100 * MIB))
    account = Account()
    with pytest.raises(TooLarge, match="larger than 1048576 bytes"):
        asyncio.run(inflated(bomb, "gzip", MIB, account, offloading))
    assert account.most <= MIB + 1 + PIECE


def test_a_bomb_is_told_to_come_again_before_there_is_no_memory(offloading: Offloading) -> None:
    memory = BodyMemory(64 * 1024)
    with pytest.raises(Unavailable):
        asyncio.run(inflated(gzip.compress(b" " * MIB), "gzip", 10 * MIB, memory.take, offloading))
    assert memory.held <= memory.limit


@pytest.mark.parametrize("keep", [0, 1, 9, 10, 17, -9, -1])
def test_a_body_that_is_cut_off_is_refused(offloading: Offloading, keep: int) -> None:
    body = gzip.compress(b'{"CityName":"Paris"}')[:keep]
    with pytest.raises(Malformed):
        inflate(body, offloading)


def test_bytes_behind_the_end_are_refused(offloading: Offloading) -> None:
    body = gzip.compress(b"a" * 100_000)
    for more in (b"\0", b"x", body, b"x" * MIB):
        with pytest.raises(Malformed, match="behind the end"):
            inflate(body + more, offloading)


def test_blocks_without_a_byte_are_nothing(offloading: Offloading) -> None:
    empty = b"\0\0\0\xff\xff" * 200_000
    body = b"\x78\x9c" + empty + b"\3\0" + zlib.adler32(b"").to_bytes(4)
    found, account = inflate(body, offloading, coding="deflate")
    assert (found, account.held) == (b"", 0)


def test_a_wrong_checksum_is_refused(offloading: Offloading) -> None:
    body = bytearray(gzip.compress(b"a" * 100))
    body[-6] ^= 1
    with pytest.raises(Malformed):
        inflate(bytes(body), offloading)


@given(body=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
@settings(max_examples=cases(300), deadline=None)
def test_no_bytes_at_all_do_more_than_come_out_or_be_refused(body: bytes, coding: str) -> None:
    loop_less = Offloading()
    try:
        found, account = inflate(body, loop_less, limit=4096, coding=coding)
    except (Malformed, TooLarge):
        return
    finally:
        loop_less.close()
    assert len(found) == account.held <= 4096


@pytest.mark.parametrize("said", [None, b"", b"identity", b" Identity "])
def test_a_body_without_a_coding_needs_none(said: bytes | None) -> None:
    assert coding_of(said, ()) is None


@pytest.mark.parametrize(
    ("said", "coding"), [(b"gzip", "gzip"), (b"X-GZIP", "gzip"), (b" deflate", "deflate")]
)
def test_a_coding_has_its_names_in_any_case(said: bytes, coding: str) -> None:
    assert coding_of(said, ("gzip", "deflate")) == coding


@pytest.mark.parametrize("said", [b"br", b"deflate", b"gzip, gzip", b"gzip,", b"\xff"])
def test_another_coding_is_told_which_ones_there_are(said: bytes) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        coding_of(said, ("gzip",))
    assert dict(refused.value.headers) == {b"accept-encoding": b"gzip, identity"}
    assert "receive.encoding" in refused.value.reason

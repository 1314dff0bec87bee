"""Lines reach whoever reads; who does not read costs lines, never the process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gateway.operate.line_writer import PARTING, WAITING, LineWriter
from tests.support.polling import until

Pipe = tuple[int, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reader, writer = os.pipe()
    yield reader, writer
    for descriptor in (reader, writer):
        with suppress(OSError):
            os.close(descriptor)


def nobody(_count: int) -> None:
    raise AssertionError("no line may be lost")


def read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as stream:
        return stream.read()


def test_lines_arrive_whole_and_in_order(pipe: Pipe) -> None:
    lines = LineWriter(pipe[1], nobody)
    expected = [b"%d %s\n" % (number, b"x" * (number % 300)) for number in range(5000)]
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(read_all(pipe[0])))
    reader.start()
    for line in expected:
        lines.write(line)
    lines.close()
    os.close(pipe[1])
    reader.join(20)
    assert received[0].splitlines(keepends=True) == expected


def test_a_line_longer_than_a_pipe_takes_at_once_arrives_whole(pipe: Pipe) -> None:
    lines = LineWriter(pipe[1], nobody)
    long = b"x" * 200_000 + b"\n"
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(read_all(pipe[0])))
    reader.start()
    lines.write(long)
    lines.close()
    os.close(pipe[1])
    reader.join(20)
    assert received == [long]


def test_writing_never_waits_for_a_reader_and_says_what_was_lost(pipe: Pipe) -> None:
    lost: list[int] = []
    lines = LineWriter(pipe[1], lost.append)
    line = b"x" * 1023 + b"\n"
    most = WAITING // len(line) + os.fpathconf(pipe[1], "PC_PIPE_BUF")
    for _ in range(most * 2):
        lines.write(line)
    received = b""
    while not lost:
        received += os.read(pipe[0], 1 << 20)
    until(lambda: sum(lost) + len(received) // len(line) == most * 2 or read_more(pipe[0]))
    assert set(received.splitlines(keepends=True)) == {line}
    assert 0 < sum(lost) < most * 2


def read_more(descriptor: int) -> bool:
    os.set_blocking(descriptor, False)
    try:
        os.read(descriptor, 1 << 20)
    except BlockingIOError:
        return True
    return False


def test_a_reader_that_went_away_costs_the_lines_and_nothing_else(pipe: Pipe) -> None:
    lines = LineWriter(pipe[1], nobody)
    os.close(pipe[0])
    for number in range(100):
        lines.write(b"%d\n" % number)
    lines.close()


def test_a_descriptor_that_would_not_block_gets_every_line(pipe: Pipe) -> None:
    os.set_blocking(pipe[1], False)
    lines = LineWriter(pipe[1], nobody)
    expected = b"".join(b"%d\n" % number for number in range(50_000))
    for line in expected.splitlines(keepends=True):
        lines.write(line)
    received = b""
    while len(received) < len(expected):
        received += os.read(pipe[0], 1 << 16)
    assert received == expected


@pytest.mark.timeout(30)
def test_the_end_does_not_wait_for_a_reader_that_never_comes(pipe: Pipe) -> None:
    lines = LineWriter(pipe[1], nobody)
    for _ in range(300):
        lines.write(b"x" * 1023 + b"\n")
    closing = threading.Thread(target=lines.close)
    closing.start()
    closing.join(PARTING + 20)
    assert not closing.is_alive()

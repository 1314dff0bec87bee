"""Messages arrive whole and in order, however the stream is cut, and nothing else is taken."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.runs.sqlite.frames import LARGEST, Splitter, Unframed, encoded, framed
from gateway.runs.sqlite.messages import FromWorker, GetRecord, Pong, Show

MESSAGES = st.lists(
    st.one_of(
        st.builds(GetRecord, st.integers(0, 2**40), st.text(max_size=40)),
        st.builds(Show, st.integers(0, 2**40), st.text(max_size=40)),
        st.just(Pong()),
    ),
    max_size=10,
)


@settings(deadline=None)
@given(MESSAGES, st.lists(st.integers(0, 2000), max_size=10))
def test_messages_arrive_however_the_stream_is_cut(
    messages: list[FromWorker], cuts: list[int]
) -> None:
    stream = framed([encoded(message) for message in messages])
    splitter: Splitter[FromWorker] = Splitter(FromWorker)
    received: list[FromWorker] = []
    places = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    for start, end in pairwise(places):
        received += splitter.feed(stream[start:end])
    assert received == messages


def test_many_large_messages_are_several_frames() -> None:
    messages: list[FromWorker] = [Show(number, "x" * 3_000_000) for number in range(8)]
    stream = framed([encoded(message) for message in messages])
    assert struct.unpack_from(">I", stream)[0] < 9 * 1024 * 1024
    assert Splitter[FromWorker](FromWorker).feed(stream) == messages


@pytest.mark.parametrize(
    "stream",
    [
        struct.pack(">I", LARGEST + 1),
        struct.pack(">I", 3) + b"\xc1\xc1\xc1",
        struct.pack(">I", 3) + b"\x91\x91\x63",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(Unframed):
        Splitter[FromWorker](FromWorker).feed(stream)

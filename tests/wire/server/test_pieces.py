"""However the bytes arrive, the app is called with the same."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.wire.server import ServerLimits
from tests.support.thorough import cases
from tests.wire.server.corpus import CORPUS, Case
from tests.wire.server.fake import Call, fed

SHORT = [case for case in CORPUS if len(case.sent) < 2000]
TOKEN = st.text("abcXYZ-", min_size=1, max_size=8)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request that is well-formed, with a body whose bytes look like more of them."""
    body = draw(st.lists(st.sampled_from([b"\r\n\r\n", b"\r\n", b"0\r\n\r\n", b"GET /", b"{}"])))
    whole = b"".join(body)
    fields = "".join(
        f"X-{name}: {value}\r\n" for name, value in draw(st.lists(st.tuples(TOKEN, TOKEN)))
    )
    head = b"%b /%b HTTP/1.1\r\nHost: x\r\n%b" % (
        draw(st.sampled_from([b"POST", b"GET", b"BREW"])), draw(TOKEN).encode(), fields.encode()
    )  # fmt: skip
    if draw(st.booleans()):
        return head + b"Content-Length: %d\r\n\r\n" % len(whole) + whole
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in body)
    trailers = draw(st.sampled_from([b"", b"Host: y\r\n", b"X: a\r\nY: b\r\n"]))
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n" + trailers + b"\r\n"


def _run(*ways: list[bytes]) -> list[tuple[list[Call], list[str]]]:
    async def all_ways() -> list[tuple[list[Call], list[str]]]:
        return [await fed(pieces, ServerLimits()) for pieces in ways]

    return asyncio.run(all_ways())


def _cut(whole: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(whole) + 1) for place in places), len(whole)]
    return [whole[start:end] for start, end in pairwise(edges)]


@settings(max_examples=cases(150), deadline=None)
@given(st.lists(requests(), min_size=1, max_size=4), st.lists(st.integers(0, 10**6)))
def test_any_cut_of_requests_gives_the_same_calls(sent: list[bytes], places: list[int]) -> None:
    whole = b"".join(sent)
    expected, found = _run([whole], _cut(whole, places))
    assert len(expected[0]) == len(sent)
    assert found == expected


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case.name)
def test_the_corpus_is_judged_alike_cut_anywhere_and_byte_by_byte(case: Case) -> None:
    async def all_cuts() -> None:
        limits = ServerLimits()
        expected = await fed([case.sent], limits)
        assert await fed([bytes([byte]) for byte in case.sent], limits) == expected
        for place in range(1, len(case.sent)):
            assert await fed([case.sent[:place], case.sent[place:]], limits) == expected, place

    asyncio.run(all_cuts())

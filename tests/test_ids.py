"""Identifiers that sort, that differ, and that are fit to be repeated."""

from __future__ import annotations

import os
import re
import time
import uuid

import pytest

from gateway.ids import request_id, traceparent, uuid7

PARENT = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def test_a_run_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    found = [uuid.UUID(uuid7()) for _ in range(1000)]
    after = time.time_ns() // 1_000_000
    assert {(one.version, one.variant) for one in found} == {(7, uuid.RFC_4122)}
    assert all(before <= one.int >> 80 <= after for one in found)
    assert len(set(found)) == 1000


def test_later_run_ids_sort_behind_earlier_ones() -> None:
    earlier = uuid7()
    time.sleep(0.002)
    assert earlier < uuid7()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_process_does_not_repeat_its_parents_ids() -> None:
    uuid7()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, "".join(uuid7()[14:] for _ in range(50)).encode())
        os._exit(0)
    ours = {uuid7()[14:] for _ in range(50)}
    os.waitpid(child, 0)
    text = os.read(reader, 10_000).decode()
    theirs = {text[at : at + 22] for at in range(0, len(text), 22)}
    assert len(theirs) == 50
    assert not ours & theirs


@pytest.mark.parametrize("value", [b"a", b"A-1.b_c:d", b"0" * 128])
def test_a_request_id_that_is_fit_for_a_log_is_kept(value: bytes) -> None:
    assert request_id(value) == value.decode()


@pytest.mark.parametrize(
    "value", [None, b"", b"-a", b"a b", b"a\n", b"a" * 129, b"a\xff", b'"', b"<a>", b"a,b", b"a;b"]
)
def test_any_other_is_replaced(value: bytes | None) -> None:
    assert uuid.UUID(request_id(value)).version == 7


def test_a_trace_goes_on_under_a_new_parent() -> None:
    found = [traceparent(PARENT) for _ in range(100)]
    assert {one[:36] for one in found} == {PARENT.decode()[:36]}
    assert {one[-3:] for one in found} == {"-01"}
    assert len({*found, PARENT.decode()}) == 101


@pytest.mark.parametrize(
    "value",
    [
        None, b"", b"00", PARENT.upper(), PARENT + b"-x", b"ff" + PARENT[2:], b" " + PARENT,
        b"00-" + b"0" * 32 + PARENT[35:], PARENT[:36] + b"0" * 16 + b"-01", PARENT[:-1], b"\xff",
    ],
)  # fmt: skip
def test_what_is_no_trace_begins_one(value: bytes | None) -> None:
    found = {traceparent(value) for _ in range(10)}
    assert all(TRACE.fullmatch(one) for one in found)
    assert len({one[3:35] for one in found}) == 10

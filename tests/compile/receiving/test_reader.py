"""A body is read once, and what is held of it is what is accounted for."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from gateway.compile.check import Check
from gateway.compile.exchange import Exchange
from gateway.compile.receiving.body_key import BodyKey
from gateway.compile.receiving.reader import BodyReader
from gateway.errors import Malformed, TooManyValues
from gateway.language.decode import convert
from gateway.language.spec import Hook
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.support.exchanges import an_exchange, fields_of

FORM = b"application/x-www-form-urlencoded"


class Charged:
    """A body of which every byte is charged, as the server's are."""

    def __init__(self, data: bytes, runtime: Runtime, here: bool) -> None:
        self._data = data
        self._memory = runtime.body_memory
        self._here = here

    def here(self, exchange: Exchange) -> bytes | None:
        return self._charged(exchange) if self._here else None

    async def read(self, exchange: Exchange) -> bytes:
        exchange.bytes_in = len(self._data)
        return self._charged(exchange)

    def _charged(self, exchange: Exchange) -> bytes:
        self._memory.take(len(self._data))
        exchange.charged += len(self._data)
        return self._data


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    made = Runtime(Settings(hooks=Path("hooks.d")))
    yield made
    asyncio.run(made.close())


def hook(receive: dict[str, Any], **more: Any) -> Hook:
    return convert(
        {"name": "a", "method": "POST", "workflow": "http://w/", "receive": receive, **more}
    )


def exchange_of(
    runtime: Runtime, body: bytes, *headers: tuple[bytes, bytes], here: bool = True
) -> Exchange:
    exchange = an_exchange()
    exchange.headers, exchange.fields = list(headers), fields_of(headers)
    exchange.source = Charged(body, runtime, here)
    exchange.body_limit = 8 * 1024 * 1024
    return exchange


def read(reader: Check, exchange: Exchange) -> None:
    async def run() -> None:
        waits = reader(exchange)
        if waits is not None:
            await waits

    asyncio.run(run())


GZIPPED = [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")]


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize("size", [10, 100_000])
def test_what_is_held_is_what_is_charged(runtime: Runtime, size: int, here: bool) -> None:
    plain = json.dumps("x" * size).encode()
    received = gzip.compress(plain)
    for form, held in (("json", len(plain)), ("raw", len(plain) + len(received))):
        exchange = exchange_of(runtime, received, *GZIPPED, here=here)
        workflow = {"url": "http://w/", "format": form}
        read(BodyReader(hook({"encoding": ["gzip"]}, workflow=workflow), runtime), exchange)
        assert exchange.body == plain
        assert exchange.charged == runtime.body_memory.held == held
        assert exchange.bytes_in == len(received)
        assert exchange.reading is not None
        assert exchange.reading.received == (received if form == "raw" else b"")
        runtime.body_memory.give_back(held)


@pytest.mark.parametrize("size", [10, 100_000])
def test_the_json_of_a_field_is_all_that_is_held(runtime: Runtime, size: int) -> None:
    inner = json.dumps({"a": "é" * size}, ensure_ascii=False)
    body = f"other=1&payload={quote_plus(inner)}".encode()
    exchange = exchange_of(runtime, body, (b"content-type", FORM))
    read(BodyReader(hook({"field": "payload"}), runtime), exchange)
    assert exchange.body == inner.encode()
    assert exchange.charged == runtime.body_memory.held == len(inner.encode())
    assert exchange.reading is not None
    assert exchange.reading.content_type == b"application/json"


def test_a_body_is_read_once(runtime: Runtime) -> None:
    reader = BodyReader(hook({"field": "payload"}), runtime)
    exchange = exchange_of(runtime, b"payload=payload%3D1", (b"content-type", FORM))
    read(reader, exchange)
    read(reader, exchange)
    assert exchange.body == b"payload=1"


def test_a_method_without_a_body_has_nothing_to_read(runtime: Runtime) -> None:
    exchange = exchange_of(runtime, b"payload=1", (b"content-type", FORM))
    exchange.method = "GET"
    read(BodyReader(hook({"field": "payload"}, method=["GET", "POST"]), runtime), exchange)
    assert exchange.reading is None


def test_all_texts_together_are_bounded_as_one(runtime: Runtime) -> None:
    text = json.dumps([0] * 15_000)
    body = json.dumps(dict.fromkeys("abcd", text)).encode()
    exchange = exchange_of(runtime, body, (b"content-type", b"application/json"))
    with pytest.raises(TooManyValues, match="The text at 'c'"):
        read(BodyReader(hook({"json_in": ["a", "b", "c", "d"]}), runtime), exchange)


@pytest.mark.parametrize("path", ["Message", "a.Message", "a.0", "/a~1b/c"])
@pytest.mark.parametrize("value", [7, True, [], {}, ["[]"]])
def test_what_is_no_text_is_refused_by_its_name(runtime: Runtime, path: str, value: Any) -> None:
    bodies = {
        "Message": {"Message": value},
        "a.Message": {"a": {"Message": value}},
        "a.0": {"a": [value]},
        "/a~1b/c": {"a/b": {"c": value}},
    }
    body = json.dumps(bodies[path]).encode()
    exchange = exchange_of(runtime, body, (b"content-type", b"application/json"))
    with pytest.raises(Malformed) as refused:
        read(BodyReader(hook({"json_in": [path]}), runtime), exchange)
    assert refused.value.detail == f"The value at {path!r} is not text that contains JSON."


@pytest.mark.parametrize("size", [1, 100_000])
def test_a_large_key_body_is_judged_as_a_small_one(runtime: Runtime, size: int) -> None:
    keys = [{"secret": "s"}]
    written = hook({}, authentication={"type": "api-key", "body": "/key", "keys": keys})
    body = json.dumps({"key": "k", "text": "x" * size}).encode()
    exchange = exchange_of(runtime, body, (b"content-type", b"application/json"))
    key = BodyKey(written, "/key", runtime)
    read(key.find, exchange)
    assert exchange.reading is not None
    assert exchange.reading.key == b"k"
    read(key.remove, exchange)
    assert exchange.body == b'{"text":"%b"}' % (b"x" * size)

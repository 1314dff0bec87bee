"""Frames on the socket: four bytes of length, then a list of messages as MessagePack."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

import msgspec

LARGEST = 32 * 1024 * 1024
"""Bytes of a frame, without its length."""
_FULL = 8 * 1024 * 1024
"""A frame with as much takes no further message."""
_LENGTH = struct.Struct(">I")
_LIST = struct.Struct(">BI")
_LIST_TAG = 0xDD
_encode = msgspec.msgpack.Encoder().encode
T = TypeVar("T")


class Unframed(Exception):  # noqa: N818 - named for what happened
    """What came is not a frame with messages."""


def encoded(message: msgspec.Struct) -> bytes:
    """One message. Raises ValueError where no frame could hold it."""
    made = _encode(message)
    if len(made) + _LIST.size > LARGEST:
        raise ValueError("the message is too large for a frame")
    return made


def framed(messages: Sequence[bytes]) -> bytes:
    """Encoded messages in as few frames as will hold them."""
    if sum(map(len, messages)) <= _FULL:
        return _frame(messages)
    return b"".join(_frame(group) for group in _grouped(messages))


def _frame(messages: Sequence[bytes]) -> bytes:
    size = _LIST.size + sum(map(len, messages))
    head = _LENGTH.pack(size) + _LIST.pack(_LIST_TAG, len(messages))
    return head + b"".join(messages)


def _grouped(messages: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    first = size = 0
    for index, message in enumerate(messages):
        if size and size + len(message) > _FULL:
            yield messages[first:index]
            first, size = index, 0
        size += len(message)
    if first < len(messages):
        yield messages[first:]


class Splitter(Generic[T]):
    """Makes messages of what arrives in pieces. `kind` is the union of the messages."""

    def __init__(self, kind: Any) -> None:
        self._decode = msgspec.msgpack.Decoder(list[kind]).decode
        self._held = bytearray()

    def feed(self, data: bytes | memoryview) -> list[T]:
        """The messages that are complete by now. Raises Unframed."""
        held = self._held
        held += data
        messages: list[T] = []
        start = 0
        while len(held) - start >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(held, start)
            if size > LARGEST:
                raise Unframed(f"a frame of {size} bytes")
            end = start + _LENGTH.size + size
            if end > len(held):
                break
            messages += self._decoded(bytes(held[start + _LENGTH.size : end]))
            start = end
        del held[:start]
        return messages

    def _decoded(self, frame: bytes) -> list[T]:
        try:
            found: list[T] = self._decode(frame)
        except msgspec.MsgspecError as error:
            raise Unframed(str(error)) from error
        return found

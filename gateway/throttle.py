"""Rates in bounded memory: whoever the callers are, and however many."""

from __future__ import annotations

import math
import os
from array import array
from collections import OrderedDict
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

import msgspec

SLOTS = 1 << 17


class Rate(msgspec.Struct, frozen=True):
    """`count` requests in `seconds`, all of which may come at once."""

    count: int
    seconds: float

    @property
    def interval(self) -> float:
        """Seconds between two requests of a steady caller."""
        return self.seconds / self.count


class Throttle:
    """The generic cell rate algorithm (ITU-T I.371) over a fixed table of clients.

    A client is a slot of a table, chosen by a keyed hash: memory never grows, nobody can be
    evicted by a crowd, and nobody can choose whose slot to share. State is one number a slot:
    when the client's next request would be due at a steady pace.
    """

    def __init__(self) -> None:
        self._key = os.urandom(16)
        self._due = array("d", bytes(8 * SLOTS))

    def slot(self, *names: str) -> int:
        """The slot of a client; `names` say of what and whom, such as hook and address."""
        digest = blake2b("\0".join(names).encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest) % SLOTS

    def wait(self, slot: int, rate: Rate, now: float) -> float:
        """Seconds until the slot may send again; 0 when it may now. Nothing is charged."""
        return max(0.0, self._due[slot] - (rate.seconds - rate.interval) - now)

    def charge(self, slot: int, rate: Rate, now: float) -> None:
        """Count one request of the slot."""
        self._due[slot] = max(self._due[slot], now) + rate.interval

    def take(self, slot: int, rate: Rate, now: float) -> float:
        """`wait`, and `charge` where that is 0."""
        wait = self.wait(slot, rate, now)
        if not wait:
            self.charge(slot, rate, now)
        return wait


class Concurrency:
    """How many requests of a hook are in flight; it outlives generations."""

    __slots__ = ("in_flight",)

    def __init__(self) -> None:
        self.in_flight = 0


class Memory:
    """Things that were seen, as digests under a key that dies with the process."""

    def __init__(self, size: int) -> None:
        self._key = os.urandom(32)
        self._size = size
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def digest(self, *parts: bytes) -> bytes:
        """The keyed digest of parts, each told apart by its length."""
        keyed = blake2b(key=self._key, digest_size=32)
        for part in parts:
            keyed.update(len(part).to_bytes(8) + part)
        return keyed.digest()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._known

    def add(self, digest: bytes) -> None:
        """Remember; the oldest is forgotten where there are too many."""
        self._known[digest] = None
        if len(self._known) > self._size:
            self._known.popitem(last=False)


def client_key(address: str) -> str:
    """Who counts as one client: an IPv4 address, or the /64 that an IPv6 host has for itself."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return parsed.packed[:8].hex()
    return address


def retry_after(seconds: float) -> tuple[tuple[bytes, bytes], ...]:
    """The header that tells when it is worth trying again, in whole seconds (RFC 9110 §10.2.3)."""
    return ((b"retry-after", str(max(1, math.ceil(seconds))).encode()),)

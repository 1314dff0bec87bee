"""Rates in bounded memory: whoever the callers are, and however many."""

from __future__ import annotations

import math
import os
from array import array
from collections import OrderedDict
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

import msgspec

WAYS = 4
SETS = 1 << 15
ROUNDING = 1e-6
"""Seconds that sums of intervals may be off."""


class Rate(msgspec.Struct, frozen=True):
    """`count` requests in `seconds`, all of which may come at once."""

    count: int
    seconds: float

    @property
    def interval(self) -> float:
        """Seconds between two requests of a steady caller."""
        return self.seconds / self.count

    def take(self, due: float, now: float) -> tuple[float, float]:
        """Seconds until one more may come, 0 where it may now and is counted; and the new `due`.

        The generic cell rate algorithm (ITU-T I.371): `due` is when the next would be due at a
        steady pace, the only thing that need be known of what came before. It is never further
        away than this rate allows, so that a rate which was widened is in force at once.
        """
        due = min(due, now + self.seconds)
        wait = due - (self.seconds - self.interval) - now
        if wait > ROUNDING:
            return wait, due
        return 0.0, max(due, now) + self.interval


class Pace:
    """One rate that everybody shares."""

    __slots__ = ("__weakref__", "_due")

    def __init__(self) -> None:
        self._due = 0.0

    def take(self, rate: Rate, now: float) -> float:
        """Count one where it may come now, and answer 0; otherwise the seconds until it may."""
        wait, self._due = rate.take(self._due, now)
        return wait


class Throttle:
    """The paces of clients, in a table of fixed size.

    A client has a place in one set of four, chosen by a keyed hash, for as long as it is ahead of
    its pace: a steady one needs none. So memory never grows, nobody can choose whose set to be
    in, and nobody pays for another's requests. Where more clients are ahead than the table
    holds, the one of a set that is least ahead is forgotten.
    """

    def __init__(self) -> None:
        self._key = os.urandom(16)
        self._clients = array("Q", bytes(8 * SETS * WAYS))
        self._due = array("d", bytes(8 * SETS * WAYS))

    @property
    def size(self) -> int:
        """Bytes of the table."""
        return sum(len(one) * one.itemsize for one in (self._clients, self._due))

    def client(self, *names: str) -> int:
        """Who is counted; `names` say of what and whom, such as hook and address."""
        text = "\0".join(names).encode(errors="surrogateescape")
        return int.from_bytes(blake2b(text, key=self._key, digest_size=8).digest())

    def take(self, client: int, rate: Rate, now: float) -> float:
        """Count one where it may come now, and answer 0; otherwise the seconds until it may."""
        place = self._place(client)
        if place is None:
            place = self._free(client)
            self._clients[place], self._due[place] = client, 0.0
        wait, self._due[place] = rate.take(self._due[place], now)
        return wait

    def give_back(self, client: int, rate: Rate) -> None:
        """Uncount one that was taken."""
        place = self._place(client)
        if place is not None:
            self._due[place] -= rate.interval

    def _place(self, client: int) -> int | None:
        first = client % SETS * WAYS
        clients = self._clients[first : first + WAYS]
        return first + clients.index(client) if client in clients else None

    def _free(self, client: int) -> int:
        """The place in the client's set that is nobody's any more, or soonest will be."""
        first = client % SETS * WAYS
        due = self._due[first : first + WAYS]
        return first + due.index(min(due))


class Concurrency:
    """How many requests of a hook are in flight, and how many of these wait for the outcome of a
    run that is stored; it outlives generations.
    """

    __slots__ = ("__weakref__", "in_flight", "waiting")

    def __init__(self) -> None:
        self.in_flight = 0
        self.waiting = 0


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
        """Remember as the last one; the first is forgotten where there are too many."""
        self._known[digest] = None
        self._known.move_to_end(digest)
        if len(self._known) > self._size:
            self._known.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        """Forget, whether it was known or not."""
        self._known.pop(digest, None)


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

"""Who calls: the peer, or whom the trusted proxies say they speak for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gateway.compile.addresses import parse_address
from gateway.language.networks import parse_network
from gateway.serve.forwarded import nodes

MAX_HOPS = 64
"""Proxies one behind the other; a longer chain of trusted ones is not followed."""

Headers = Sequence[tuple[bytes, bytes]]
UNKNOWN = ""
"""The address of a caller that cannot be told: no `allow_from` admits it, and all such callers
count as one client.
"""

LONGEST = 45
"""Characters of an IPv6 address with an IPv4 one in it; nothing longer is judged, or remembered."""

_PORT = re.compile(r"(?:\[(?P<six>[^\]]*)\](?::\d{1,5})?|(?P<four>[^:]*):\d{1,5})")


class ClientFinder:
    """Finds the address of the caller behind trusted proxies.

    `trusted` are the networks whose word about the hop before them is believed. The address is
    the rightmost one that is not trusted; everything to its left was written by strangers.
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = tuple(map(parse_network, trusted))
        self._known = lru_cache(1024)(self._judge)

    def find(self, peer: str, headers: Headers) -> str:
        """The caller's address, or UNKNOWN."""
        if not self._trusted or not self._known(peer)[1]:
            return peer
        chains = (_forwarded_for(headers), _forwarded(headers))
        found = {self._rightmost(chain) for chain in chains if chain}
        if not found:
            return peer
        # A proxy writes one of the two headers and forwards the other as it came.
        return found.pop() if len(found) == 1 else UNKNOWN

    def is_client(self, peer: str) -> bool:
        """Whether a peer speaks for itself alone: it is no trusted proxy."""
        return not self._trusted or not self._known(peer)[1]

    def _judge(self, text: str) -> tuple[str, bool]:
        """An address in its one form, UNKNOWN for anything else, and whether it is trusted."""
        address = parse_address(text)
        if address is None:
            return UNKNOWN, False
        return str(address), any(address in network for network in self._trusted)

    def _rightmost(self, chain: Sequence[str]) -> str:
        client = UNKNOWN
        for hop in chain[:MAX_HOPS]:
            address = _without_port(hop)
            client, trusted = self._known(address) if len(address) <= LONGEST else (UNKNOWN, False)
            if not trusted:
                return client
        return client if len(chain) <= MAX_HOPS else UNKNOWN


def _forwarded_for(headers: Headers) -> list[str]:
    """The elements of all X-Forwarded-For, the last one first, no more than are looked at."""
    hops: list[bytes] = []
    for key, value in reversed(headers):
        if key == b"x-forwarded-for" and len(hops) <= MAX_HOPS:
            hops += reversed(value.rsplit(b",", MAX_HOPS))
    return [hop.strip(b"\t ").decode("latin-1") for hop in hops[: MAX_HOPS + 1]]


def _forwarded(headers: Headers) -> list[str]:
    """The nodes of all Forwarded, the last one first, no more than are looked at."""
    hops: list[str] = []
    for key, value in reversed(headers):
        if key == b"forwarded" and len(hops) <= MAX_HOPS:
            hops += reversed(nodes(value))
    return hops[: MAX_HOPS + 1]


def _without_port(text: str) -> str:
    found = _PORT.fullmatch(text)
    return (found["six"] or found["four"] or "") if found else text

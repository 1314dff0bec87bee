"""Who calls: the peer, or whom the trusted proxies say they speak for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.compile.addresses import parse_address
from gateway.language.networks import parse_network

_PORT = re.compile(r"^(?:\[(?P<six>[^\]]*)\](?::\d{1,5})?|(?P<four>[^:]*):\d{1,5})$")
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<token>[^;\s]*))', re.IGNORECASE)


class ClientFinder:
    """Finds the address of the caller behind trusted proxies.

    `trusted` are the networks whose word about the hop before them is believed. The address is
    the rightmost one that is not trusted; everything to its left was written by strangers.
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = tuple(map(parse_network, trusted))

    def find(self, peer: str, headers: list[tuple[bytes, bytes]]) -> str:
        """The caller's address; empty where it cannot be told, which no `allow_from` admits."""
        if not self._trusted or not self._believes(peer):
            return peer
        hops = [
            _hops(headers, b"x-forwarded-for", _plain),
            _hops(headers, b"forwarded", _forwarded),
        ]
        found = {self._rightmost(peer, chain) for chain in hops if chain}
        if not found:
            return peer
        # A proxy writes one of the two headers and hands on what a stranger wrote in the other.
        return found.pop() if len(found) == 1 else ""

    def _believes(self, address: str) -> bool:
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in self._trusted)

    def _rightmost(self, peer: str, chain: list[str]) -> str:
        client = peer
        for hop in reversed(chain):
            address = parse_address(hop)
            if address is None:
                return ""
            client = str(address)
            if not self._believes(client):
                return client
        return client


def _hops(headers: list[tuple[bytes, bytes]], name: bytes, read: object) -> list[str]:
    values = [value.decode("latin-1") for key, value in headers if key == name]
    return [read(part.strip()) for value in values for part in value.split(",")]  # type: ignore[operator]


def _plain(text: str) -> str:
    found = _PORT.match(text)
    return (found["six"] or found["four"] or "") if found else text


def _forwarded(element: str) -> str:
    """The `for` of one element of a Forwarded header (RFC 7239 §4)."""
    found = _FOR.search(element)
    return _plain(found["quoted"] or found["token"] or "") if found else ""

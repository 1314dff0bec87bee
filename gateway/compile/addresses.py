"""Which addresses may call: `allow_from` as a check."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from gateway.compile.check import Check
from gateway.compile.exchange import Exchange
from gateway.errors import Forbidden
from gateway.language.networks import parse_network


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4-mapped one as IPv4 (RFC 4291 §2.5.5.2); None for anything else.

    An address with a zone names an interface of some other host: it is no address here.
    """
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def address_check(networks: Sequence[str]) -> Check:
    """A check that raises Forbidden for callers outside the networks, and for unknown ones."""
    allowed = tuple(map(parse_network, networks))

    @lru_cache(1024)
    def admits(client: str) -> bool:
        address = parse_address(client)
        return address is not None and any(address in network for network in allowed)

    def check(exchange: Exchange) -> None:
        if not admits(exchange.client):
            raise Forbidden(
                "This hook does not accept requests from your address.",
                reason=_reason(exchange.client),
            )

    return check


def _reason(client: str) -> str:
    """For the log: which address was refused."""
    if not client:
        return "The caller's address is unknown, and allow_from admits only known ones."
    return f"The address {client} is not in allow_from."

"""Networks as authors and operators write them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


class BadNetwork(ValueError):  # noqa: N818 - as bad as what was written
    """What is wrong with it, in a sentence for its author, and what to write instead."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(f"{sentence}: {hint}")
        self.sentence = sentence
        self.hint = hint


_MAPPED = IPv6Network("::ffff:0:0/96")


def parse_network(text: str) -> Network:
    """An address, or a network in CIDR notation. Raises BadNetwork.

    A network with bits behind its prefix is refused: either the address or the prefix is not what
    was meant. So is an IPv4 network in IPv6 form, since callers are known by their IPv4 address.
    """
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        hint = "write it in CIDR notation, such as 192.30.252.0/22"
        raise BadNetwork(f"'{text}' is not an address or a network", hint) from None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        inner = f"{network.network_address.ipv4_mapped}/{network.prefixlen - 96}"
        raise BadNetwork(f"'{text}' is an IPv4 network in IPv6 form", f"write {inner}")
    if _has_host_bits(text):
        raise BadNetwork(f"'{text}' has host bits", f"write {network}")
    return network


def _has_host_bits(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return True
    return False

"""Everyone in the comparison, in the order of the table."""

from __future__ import annotations

from benchmarks.peers import adnanh, caddy, gateway, haproxy, nginx, node_red
from benchmarks.peers.protocol import Peer

GATEWAY = gateway.PEER
PEERS: tuple[Peer, ...] = (
    GATEWAY,
    gateway.TWO,
    haproxy.PEER,
    caddy.PEER,
    nginx.PEER,
    adnanh.PEER,
    node_red.PEER,
)

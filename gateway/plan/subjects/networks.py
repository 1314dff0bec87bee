"""From which addresses a hook may be called."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from msgspec import UnsetType

from gateway.language.networks import Network, parse_network
from gateway.language.spec import Hook
from gateway.plan.change import Change
from gateway.plan.shown import listed

_STEPS = ("allow_from",)


def meaning(hook: Hook) -> Hashable:
    """The fewest networks that hold the same addresses, or that any may call."""
    return None if isinstance(hook.allow_from, UnsetType) else _collapsed(hook.allow_from)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Addresses that came, addresses that went."""
    was, now = _shown(old), _shown(new)
    if isinstance(new.allow_from, UnsetType):
        yield Change("networks-widened", _STEPS, "any address may call", was, now)
    elif isinstance(old.allow_from, UnsetType):
        message = "only some networks may call; any address could before"
        yield Change("networks-narrowed", _STEPS, message, was, now)
    else:
        if added := _outside(new.allow_from, old.allow_from):
            message = f"addresses of {listed(added)} may also call"
            yield Change("networks-widened", _STEPS, message, was, now)
        if gone := _outside(old.allow_from, new.allow_from):
            message = f"addresses of {listed(gone)} may no longer call"
            yield Change("networks-narrowed", _STEPS, message, was, now)


def _outside(networks: Sequence[str], others: Sequence[str]) -> list[str]:
    """The networks that are not wholly inside the others."""
    inside = _collapsed(others)
    return [one for one in networks if not any(_within(parse_network(one), n) for n in inside)]


def _within(one: Network, other: Network) -> bool:
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one.subnet_of(other)
    return isinstance(other, IPv6Network) and one.subnet_of(other)


def _collapsed(written: Sequence[str]) -> frozenset[Network]:
    networks = [parse_network(one) for one in written]
    v4 = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
    v6 = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
    return frozenset((*v4, *v6))


def _shown(hook: Hook) -> str:
    return "any" if isinstance(hook.allow_from, UnsetType) else listed(hook.allow_from)

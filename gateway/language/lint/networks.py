"""Who may call, by address."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from gateway.language.mistake import Mistake
from gateway.language.networks import BadNetwork, Network, parse_network
from gateway.language.spec import Hook


def check(hook: Hook) -> Iterator[Mistake]:
    """Networks that are none, and those that another one contains."""
    first: dict[Network, str] = {}
    for index, text in enumerate([] if hook.allow_from is UNSET else hook.allow_from):
        steps = ("allow_from", index)
        try:
            network = parse_network(text)
        except BadNetwork as bad:
            yield Mistake("bad-network", steps, bad.sentence, bad.hint)
            continue
        if (wider := _within(network, first)) is not None:
            message = f"'{text}' has no effect: '{wider}' contains it"
            yield Mistake("unreachable", steps, message, "remove it")
        first[network] = text


def _within(network: Network, others: dict[Network, str]) -> str | None:
    """An earlier network that contains this one."""
    return next(
        (
            text
            for other, text in others.items()
            if other.version == network.version and network.subnet_of(other)  # type: ignore[arg-type]
        ),
        None,
    )

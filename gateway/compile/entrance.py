"""What a request passes before a hook's rules see it, in one guard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from gateway.compile.addresses import address_check
from gateway.compile.check import Check, Guard, guard_of, unless_answered
from gateway.compile.exchange import Exchange
from gateway.compile.guards import Guarding, compile_guards
from gateway.compile.limits import client_limits, concurrency_of, shared_limits
from gateway.compile.needs import Need
from gateway.errors import Unavailable
from gateway.language.durable import durable_of
from gateway.language.spec import Hook
from gateway.language.spec.handshakes import LongHandshake, long_forms
from gateway.runs.store import StoreUnavailable
from gateway.runtime.runtime import Runtime

if TYPE_CHECKING:
    from gateway.compile.handshakes.asking import Asking

_OUT = "The hook is out of service; see the gateway's log."
RETRY_LATER = ((b"retry-after", b"30"),)


def entrance(
    hook: Hook, further: tuple[Need, ...], runtime: Runtime
) -> tuple[Guard, tuple[Need, ...]]:
    """The guard of a hook, and all that it cannot do without: `further` are the needs of what
    comes behind it.

    Its checks are in this order: service, address, limits of this client, handshakes that nobody
    proves, credentials, limits of all callers, other handshakes, how the body is read.
    """
    guarding = compile_guards(hook, runtime)
    early, late = _askings(hook, runtime)
    asked = tuple(need for one in (early, late) if one is not None for need in one.needs)
    needs = (*guarding.needs, *asked, *further)
    before = [*_before(hook, runtime)]
    service = [_in_service(hook, needs)] if needs else []
    behind = _behind(hook, guarding, late, runtime)
    if early is None:
        return guard_of((*service, *before, *behind)), needs
    if _brings_secret(hook):
        behind = (*service, *behind)
        service = []
    return guard_of((*service, *before, early, *map(unless_answered, behind))), needs


def _before(hook: Hook, runtime: Runtime) -> Iterator[Check]:
    """What costs nothing, and is asked of everybody."""
    if hook.allow_from is not UNSET:
        yield address_check(hook.allow_from)
    yield client_limits(hook.name, hook.limits, runtime)


def _behind(
    hook: Hook, guarding: Guarding, late: Asking | None, runtime: Runtime
) -> tuple[Check, ...]:
    """The credentials, and what comes behind them."""
    known = runtime.settings.limits
    durable = durable_of(hook) is not None
    usual = known.in_flight_per_durable_hook if durable else known.in_flight_per_hook
    concurrency = concurrency_of(hook.limits, usual)
    limits = shared_limits(hook.name, hook.limits, concurrency, bool(guarding.checks), runtime)
    entering: tuple[Check, ...] = (*guarding.checks, limits)
    reading = _reading(hook, runtime)
    if late is None:
        return (*entering, *reading)
    return (*entering, late, *map(unless_answered, reading))


# What few hooks have is imported for those that have it: a worker is two megabytes smaller.


def _reading(hook: Hook, runtime: Runtime) -> tuple[Check, ...]:
    """The check that reads the body otherwise than its type says."""
    if hook.receive is UNSET:
        return ()
    from gateway.compile.receiving.reader import BodyReader

    return (BodyReader(hook, runtime),)


def _askings(hook: Hook, runtime: Runtime) -> tuple[Asking | None, Asking | None]:
    """What answers handshakes before the credentials, and what does behind them."""
    written = long_forms(hook.handshake)
    own = (*hook.methods, *(["HEAD"] if "GET" in hook.methods else []))
    early = [one for one in written if not one.proven]
    late = [one for one in written if one.proven]
    later = (method for one in late for method in one.asked_by)
    return (
        _asking(hook, early, tuple(dict.fromkeys((*own, *later))), runtime),
        _asking(hook, late, own, runtime),
    )


def _asking(
    hook: Hook, handshakes: list[LongHandshake], methods: tuple[str, ...], runtime: Runtime
) -> Asking | None:
    if not handshakes:
        return None
    from gateway.compile.handshakes.asking import Asking

    return Asking(hook, handshakes, methods, runtime)


def _brings_secret(hook: Hook) -> bool:
    return any(one.BRINGS_SECRET for one in long_forms(hook.handshake))


def _in_service(hook: Hook, needs: tuple[Need, ...]) -> Check:
    keeping = _keeping(hook, needs)

    def check(exchange: Exchange) -> None:
        for need in needs:
            if need.problem:
                told = f"The hook is out of service: {need.problem}"
                if need is keeping:
                    raise StoreUnavailable(_OUT, RETRY_LATER, told)
                exchange.outcome = "out-of-service"
                raise Unavailable(_OUT, RETRY_LATER, told)

    return check


def _keeping(hook: Hook, needs: tuple[Need, ...]) -> Need | None:
    """What a durable hook needs to keep its runs."""
    if durable_of(hook) is None:
        return None
    from gateway.compile.delivery import Keeping

    return next((need for need in needs if isinstance(need, Keeping)), None)

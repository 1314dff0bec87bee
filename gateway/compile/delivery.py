"""What a hook's delivery means for the store, for callers, and for a replay."""

from __future__ import annotations

from hashlib import blake2b
from math import inf
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.language.answers import is_own
from gateway.language.durable import delays_of, durable_of, permanent_of
from gateway.language.inputs import response_of, workflow_of
from gateway.language.notation import canonical
from gateway.language.proofs import CREDENTIALS, proof_headers
from gateway.language.quantities import parse_duration, parse_rate
from gateway.language.spec import DurableDelivery, Hook, NoAuthentication
from gateway.language.template.url import parse_url
from gateway.runs.run import Policy
from gateway.runs.schedule import Schedule
from gateway.runtime.runtime import Runtime
from gateway.wire.client import Endpoint

GATE = ("authentication", "allow_from", "match", "method")
"""The keys of a hook that decide who and what is let in, in the order of a gate's digests."""
_PART = 8
"""Bytes for each of them: too many for a change to go unnoticed by chance."""


class Keeping:
    """That a durable hook needs a place for its runs. Without one it is out of service."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @property
    def problem(self) -> str:
        """Why no run can be stored before the gateway is started again, in words."""
        if not self._runtime.settings.keeps_runs:
            return "durable delivery needs a state directory or a database"
        return self._keys_problem or (
            "" if self._runtime.runs is None else self._runtime.runs.problem
        )

    @property
    def _keys_problem(self) -> str:
        keys = self._runtime.store_keys
        return "" if keys is None else keys.problem

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if not self._runtime.settings.keeps_runs:
            return (
                "start the gateway with --state DIR, on a disk that outlives it, "
                "or with --store postgres://USER@HOST/DB"
            )
        if self._runtime.store_keys is not None and self._keys_problem:
            return self._runtime.store_keys.remedy
        return "" if self._runtime.runs is None else self._runtime.runs.remedy


class Durable(msgspec.Struct, frozen=True, kw_only=True):
    """A durable hook, resolved once. Times are seconds.

    `wait` is how long a caller waits who does not say, `prefers` whether callers may say. `within`
    is how long a key is remembered. `stored` are the names, in lower case, of the received headers
    that are kept with a run.
    """

    policy: Policy
    schedule: Schedule
    gate: bytes
    wait: float
    prefers: bool
    within: float
    stored: tuple[str, ...]
    outputs: bool
    """Whether the workflow's answer is kept for the caller."""


def compile_durable(hook: Hook, base: str = "") -> Durable | None:
    """None for a direct hook. `base` takes the place of the target, as in `Settings`."""
    written = durable_of(hook)
    if written is None:
        return None
    response = response_of(hook)
    return Durable(
        policy=_policy(hook, written, base),
        schedule=Schedule(delays_of(written.retry), permanent_of(written.retry)),
        gate=gate_of(hook),
        wait=parse_duration(written.wait),
        prefers=written.prefer,
        within=_within(hook),
        stored=_stored(hook),
        outputs=response.type == "outputs" and not is_own(response),
    )


def policy_of(hook: Hook, base: str = "", held: str = "") -> Policy | None:
    """How the store treats the hook's runs; None for a direct hook. `held` says why it is out of
    service; that it is disabled is said here.
    """
    written = durable_of(hook)
    if written is None:
        return None
    held = held if hook.enabled else "the hook is disabled"
    return msgspec.structs.replace(_policy(hook, written, base), held=held)


def _policy(hook: Hook, written: DurableDelivery, base: str) -> Policy:
    retry, kept = written.retry, written.retention
    # The key of a cancelled run goes with it: a repetition must not run what an operator stopped.
    dead = max(parse_duration(kept.dead), _within(hook))
    count, seconds = (inf, 1.0) if written.rate is UNSET else parse_rate(written.rate)
    return Policy(
        target=target_of(hook, base),
        concurrency=written.concurrency,
        rate=count / seconds,
        burst=count,
        ordered="" if written.order is UNSET else written.order.on_dead,
        limit=written.limit,
        after=delays_of(retry),
        give_up=parse_duration(retry.give_up),
        keep_succeeded=parse_duration(kept.succeeded),
        keep_dead=dead,
    )


def target_of(hook: Hook, base: str = "") -> str:
    """`scheme://host:port` of the workflow, the same however the URL is written."""
    there = Endpoint.of(base or parse_url(workflow_of(hook).url).origin)
    host = f"[{there.host}]" if ":" in there.host else there.host
    return f"{there.scheme}://{host}:{there.port}"


def gate_of(hook: Hook) -> bytes:
    """32 bytes that digest what lets a request in: eight for each key of GATE. They name secrets
    and know none.
    """
    return b"".join(_digest(key, value) for key, value in _gate(hook).items())


def differing(old: bytes, new: bytes) -> tuple[str, ...]:
    """The keys of a hook that differ between two gates."""
    return tuple(
        key
        for index, key in enumerate(GATE)
        if old[index * _PART : (index + 1) * _PART] != new[index * _PART : (index + 1) * _PART]
    )


def _gate(hook: Hook) -> dict[str, Any]:
    authentication: Any = hook.authentication
    if authentication is UNSET or isinstance(authentication, NoAuthentication):
        authentication = "none"
    return {
        "authentication": authentication,
        "allow_from": [] if hook.allow_from is UNSET else sorted(hook.allow_from),
        "match": None if hook.match is UNSET else hook.match,
        "method": sorted(hook.methods),
    }


def _digest(key: str, value: Any) -> bytes:
    return blake2b(canonical(value), digest_size=_PART, person=key.encode()).digest()


def _within(hook: Hook) -> float:
    return 0.0 if hook.deduplicate is UNSET else parse_duration(hook.deduplicate.within)


def _stored(hook: Hook) -> tuple[str, ...]:
    """The forwarded headers, but for what proves the caller; the request's id is our own."""
    names = dict.fromkeys(name.lower() for name in workflow_of(hook).forward_headers)
    kept_back = CREDENTIALS | proof_headers(hook) | {"x-request-id"}
    return tuple(name for name in names if name not in kept_back)

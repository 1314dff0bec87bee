"""The keys of a run: which runs are repetitions, and which are delivered in order."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.compile.exchange import Exchange
from gateway.compile.kinds import kind_of
from gateway.compile.mismatch import Places
from gateway.compile.paths import MISSING
from gateway.compile.payload import WITH_BODY
from gateway.compile.templates.blame import Blame, Spot, where_in
from gateway.compile.templates.expressions import SHORT, compile_expression
from gateway.compile.templates.filters import MISFIT, scalar_text
from gateway.compile.templates.inputs import Find, Inputs
from gateway.language.inputs import DEDUPLICATE_BY, ORDER_BY, expressions, key_slots, reads
from gateway.language.signed import coverage, sender_of
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.template import Expression

DIGEST = 16
"""Bytes of a key as the store has it."""

Make = Callable[[Inputs], bytes | None]


class Keys(msgspec.Struct, frozen=True):
    """What identifies a run, before the store's secret digests it; None where there is nothing.

    `key` is that of `deduplicate`, `lane` that of `delivery.order`.
    """

    key: bytes | None = None
    lane: bytes | None = None

    def digested(self, secret: bytes) -> Keys:
        """As the store has them: nobody who reads it can guess a value. `secret` is 32 bytes."""
        return Keys(_keyed(self.key, secret, b"key"), _keyed(self.lane, secret, b"lane"))


NO_KEYS = Keys()


class RunKeys(msgspec.Struct, frozen=True):
    """How a hook's runs get their keys, resolved once. `needs_inputs`: templates are read."""

    key: Make | None
    lane: Make | None
    digest: Callable[[Exchange, bytes | None], bytes] | None

    @property
    def needs_inputs(self) -> bool:
        """Whether there is a template among them."""
        return self.key is not None or self.lane is not None

    def __call__(self, exchange: Exchange, body: bytes | None, inputs: Inputs | None) -> Keys:
        """The keys of a request; `body` is its body as it is read, None for a method without one.

        Raises Unmappable for a value that has no text, and for a required key that is missing.
        """
        key = lane = None
        if self.digest is not None:
            key = self.digest(exchange, body)
        if inputs is not None:
            key = key if self.key is None else self.key(inputs)
            lane = None if self.lane is None else self.lane(inputs)
        return Keys(key, lane)


def compile_keys(hook: Hook, places: Places) -> RunKeys | None:
    """None for a hook whose runs have no keys."""
    where = where_in(places)
    written = hook.deduplicate
    required = written is not UNSET and written.required
    made = {
        slot.steps: _compile(
            tuple(expressions(slot)), where(slot.steps), required and slot.steps == DEDUPLICATE_BY
        )
        for slot in key_slots(hook)
    }
    digest = None
    if written is not UNSET and not isinstance(written.by, str):
        digest = _compile_digest(hook)
    if not made and digest is None:
        return None
    return RunKeys(made.get(DEDUPLICATE_BY), made.get(ORDER_BY), digest)


def _compile(found: tuple[Expression, ...], where: Spot | str, required: bool) -> Make:
    """A key of texts, each apart: `a-b` with `c` is not `a` with `b-c`."""
    parts = tuple(_part(one, where) for one in found)

    def make(inputs: Inputs) -> bytes | None:
        texts = []
        for find, blame in parts:
            text = find(inputs)
            if text is MISSING:
                if required:
                    raise blame.refused(f"is missing, {_NEEDED}")
                return None
            texts.append(text)
        if any(texts):
            return msgspec.msgpack.encode(texts)
        if required:
            raise parts[0][1].refused(f"is empty, {_NEEDED}")
        return None

    return make


_NEEDED = "and the gateway needs it to recognize repeated requests"


def _part(one: Expression, where: Spot | str) -> tuple[Find, Blame]:
    optional = msgspec.structs.replace(one, optional=True)
    return compile_expression(optional, _text, where), Blame(one.alternatives[0].operand, where)


def _text(inputs: Inputs, value: Any, blame: Blame) -> Any:
    if value is None:
        return MISSING
    if type(value) is not str:
        text = scalar_text(value)
        if text is MISFIT:
            raise blame.refused(
                f"is {kind_of(value)}, where text is needed to identify the request"
            )
        return str(text)
    if len(value) > SHORT:
        inputs.take(len(value))
    return value


def _compile_digest(hook: Hook) -> Callable[[Exchange, bytes | None], bytes]:
    """The query counts where the hook reads it or the sender signs it: where nobody does, anyone
    who repeats a signed request could change it.
    """
    with_query = _reads_query(hook) or _signs_query(hook)

    def digest(exchange: Exchange, body: bytes | None) -> bytes:
        query = exchange.query_string if with_query else b""
        named = msgspec.msgpack.encode((exchange.method, exchange.path, query))
        made = blake2b(named)
        made.update(body or b"")
        return made.digest()

    return digest


def _reads_query(hook: Hook) -> bool:
    return bool(set(hook.methods) - WITH_BODY) or any(one.root == "query" for one in reads(hook))


def _signs_query(hook: Hook) -> bool:
    written = hook.authentication
    return (
        isinstance(written, SignatureAuthentication)
        and coverage(sender_of(written.scheme).scheme).query
    )


def _keyed(value: bytes | None, secret: bytes, purpose: bytes) -> bytes | None:
    if value is None:
        return None
    return blake2b(value, digest_size=DIGEST, key=secret, person=purpose).digest()

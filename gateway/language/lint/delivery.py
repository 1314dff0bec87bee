"""Durable delivery: what can be stored, how long a caller waits, when a run is delivered again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from msgspec import UNSET, UnsetType

from gateway.language.answers import answer_slots
from gateway.language.durable import MAX_BODY, delays_of, durable_of
from gateway.language.inputs import reads, response_of, templated, workflow_of
from gateway.language.lint.readable import before_workflow
from gateway.language.mistake import Mistake
from gateway.language.proofs import CREDENTIALS, proof_headers
from gateway.language.quantities import parse_duration, parse_rate, parse_size
from gateway.language.spec import DurableDelivery, Hook
from gateway.language.spec.bounds import DELAY, GIVE_UP, RETENTION, WAIT, Bounds
from gateway.language.template.roots import ANSWERED
from gateway.language.yaml12 import Steps

MAX_RATE = 10_000
"""Deliveries a second."""
_DAY = 86_400.0


def check(hook: Hook) -> Iterator[Mistake]:
    """Everything that a durable hook cannot do, and what it would do in vain."""
    delivery = durable_of(hook)
    if delivery is None:
        return
    if workflow_of(hook).retry.attempts > 1:
        message = "a durable hook repeats attempts by its own schedule"
        hint = "write `delivery.retry`, and remove this"
        yield Mistake("retry-in-durable", ("workflow", "retry"), message, hint, on="key")
    if "GET" in hook.methods:
        message = "anyone who opens the URL starts the workflow: the hook accepts GET requests"
        yield Mistake("durable-get", ("delivery",), message, "write `method: POST`", on="key")
    yield from _stored(hook)
    yield from _answered(hook)
    yield from _waits(hook, delivery)
    yield from _spans(delivery)
    yield from _rated(delivery)
    yield from _never_used(delivery)


def _stored(hook: Hook) -> Iterator[Mistake]:
    """Bodies that are too large for the store, credentials that must not be in it."""
    limits = hook.limits
    if limits is not UNSET and limits.body is not UNSET and parse_size(limits.body) > MAX_BODY:
        message = f"a durable hook stores bodies of at most 8MiB, not {limits.body}"
        hint = "let the sender store larger data and send its location"
        yield Mistake("body-too-large-to-store", ("limits", "body"), message, hint)
    secret = CREDENTIALS | proof_headers(hook)
    for one in reads(hook):
        if one.by in ("forwarding", "template") and one.root == "headers" and one.path[0] in secret:
            message = f"'{one.name}' carries a credential of the caller, and would be stored"
            hint = "remove it; credentials for the workflow are under 'authentication'"
            yield Mistake("stored-credential", one.steps, message, hint, inner=one.inner)


def _answered(hook: Hook) -> Iterator[Mistake]:
    """Answers that need what the workflow has not said yet."""
    if response_of(hook).failures:
        message = "a durable hook answers before the workflow is called: it cannot have failed"
        hint = "remove it; the outcome has the status of the run"
        yield Mistake("answer-before-workflow", ("response", "failures"), message, hint, on="key")
    for one in (each for slot in answer_slots(hook) for each in templated(slot)):
        if one.root in ANSWERED and one.steps[1] != "failures":
            code, message, hint = before_workflow(f"{one.root}.{one.name}")
            yield Mistake(code, one.steps, message, hint, inner=one.inner)


def _waits(hook: Hook, delivery: DurableDelivery) -> Iterator[Mistake]:
    steps, wait = ("delivery", "wait"), parse_duration(delivery.wait)
    timeout = workflow_of(hook).timeout
    if not WAIT.hold(delivery.wait):
        message = f"'wait' must be {WAIT}, not {delivery.wait}"
        hint = "the caller gets 202, and the outcome at the URL in `Location`"
        yield Mistake("wait-too-long", steps, message, hint)
    elif wait > parse_duration(timeout):
        message = f"'wait' is longer than an attempt, which ends after {timeout}"
        yield Mistake("needless-wait", steps, message, f"write {timeout} or less")


def _spans(delivery: DurableDelivery) -> Iterator[Mistake]:
    retry, steps = delivery.retry, ("delivery", "retry")
    for index, delay in enumerate([] if isinstance(retry.after, UnsetType) else retry.after):
        yield from span((*steps, "after", index), "a delay", delay, DELAY)
    yield from span((*steps, "give_up"), "'give_up'", retry.give_up, GIVE_UP)
    for key in ("succeeded", "dead"):
        written = getattr(delivery.retention, key)
        yield from span(("delivery", "retention", key), f"'{key}'", written, RETENTION)


def span(steps: Steps, what: str, written: str, bounds: Bounds) -> Iterator[Mistake]:
    """A time outside its bounds."""
    if not bounds.hold(written):
        yield Mistake("bad-span", steps, f"{what} must be {bounds}, not {written}")


def _rated(delivery: DurableDelivery) -> Iterator[Mistake]:
    """A rate that limits nothing, or stops deliveries."""
    if delivery.rate is UNSET:
        return
    count, seconds = parse_rate(delivery.rate)
    steps = ("delivery", "rate")
    if count / seconds > MAX_RATE:
        message = f"'rate' must be at most {MAX_RATE}/1s, not {delivery.rate}"
        hint = "remove it: without a rate, only 'concurrency' limits deliveries"
        yield Mistake("bad-rate", steps, message, hint)
    elif count / seconds < 1 / _DAY:
        message = f"'rate' must be at least one delivery in 24h, not {delivery.rate}"
        hint = "to stop deliveries, write `enabled: false`: stored runs are then held"
        yield Mistake("bad-rate", steps, message, hint)


def _never_used(delivery: DurableDelivery) -> Iterator[Mistake]:
    """The first of the delays behind which a run is too old."""
    retry = delivery.retry
    if isinstance(retry.after, UnsetType):
        return
    most = parse_duration(retry.give_up)
    for index, age in enumerate(accumulate(delays_of(retry))):
        if age >= most:
            message = f"the run is dead before this retry: `give_up` is {retry.give_up}"
            hint = "remove it and those after it, or make 'give_up' longer"
            steps = ("delivery", "retry", "after", index)
            yield Mistake("retry-never-used", steps, message, hint)
            return

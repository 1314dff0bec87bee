"""Handshakes that could never be answered, or that answer more than is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from gateway.language.challenges import reference_of
from gateway.language.lint.paths import other_path, path_fault
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook, NoAuthentication, SignatureAuthentication
from gateway.language.spec.handshakes import (
    ChallengeAnswer,
    ChallengeHandshake,
    LongHandshake,
    ProbeHandshake,
    long_forms,
)
from gateway.language.yaml12 import Steps

CODE = "bad-handshake"
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_RETURNED = re.compile(r"x-(?!accel-|content-|frame-|xss-|sendfile|lighttpd-|reproxy-|request-id)")
"""Headers of an answer that neither a browser nor a proxy acts on, whatever is in them."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Each handshake by itself."""
    listed = isinstance(hook.handshake, list)
    seen: list[LongHandshake] = []
    for index, handshake in enumerate(long_forms(hook.handshake)):
        steps: Steps = ("handshake", index) if listed else ("handshake",)
        if handshake in seen:
            yield Mistake(CODE, steps, "this handshake is listed twice", "remove it")
        seen.append(handshake)
        if handshake.SCHEME:
            yield from _signed(hook, handshake, steps)
        elif isinstance(handshake, ProbeHandshake):
            yield from _probe(hook, handshake, steps)
        elif isinstance(handshake, ChallengeHandshake):
            yield from _challenge(hook, handshake, steps)


def _signed(hook: Hook, handshake: LongHandshake, steps: Steps) -> Iterator[Mistake]:
    """One that its sender signs, on a hook that does not verify that sender."""
    name = handshake.SCHEME
    authentication = hook.authentication
    if not isinstance(authentication, SignatureAuthentication):
        message = f"{name} signs its handshake, but this hook verifies no signature"
        hint = f"write `authentication` with `type: signature` and `scheme: {name}`"
        yield Mistake(CODE, steps, message, hint)
    elif isinstance(authentication.scheme, str) and authentication.scheme != name:
        scheme = authentication.scheme
        message = f"{name} signs its handshake, but this hook verifies `scheme: {scheme}`"
        yield Mistake(CODE, steps, message, f"write `scheme: {name}`")


def _probe(hook: Hook, probe: ProbeHandshake, steps: Steps) -> Iterator[Mistake]:
    """One that takes the requests that are to start the workflow."""
    for index, method in enumerate(probe.methods):
        if method in hook.methods:
            message = f"a probe answers every {method}, so {method} would never start the workflow"
            hint = f"remove {method} here, or under 'method'"
            yield Mistake(CODE, (*steps, "methods", index), message, hint)


def _challenge(hook: Hook, challenge: ChallengeHandshake, steps: Steps) -> Iterator[Mistake]:
    yield from _reference(challenge, steps)
    if not isinstance(challenge.answer, str):
        yield from _answer(challenge.answer, (*steps, "answer"))
    public = isinstance(hook.authentication, str | UnsetType | NoAuthentication)
    if challenge.reads_body:
        yield from _body(challenge, public, steps)
    yield from _open(challenge, public, steps)


def _reference(challenge: ChallengeHandshake, steps: Steps) -> Iterator[Mistake]:
    """A reference that leads nowhere."""
    source, name = reference_of(challenge.challenge)
    fault = path_fault(name) if source == "body" else None
    if source == "headers" and not _HEADER.fullmatch(name):
        fault = "a header's name has no spaces and signs"
    if fault is not None:
        message = f"'{challenge.challenge}' leads nowhere: {fault}"
        yield Mistake(CODE, (*steps, "challenge"), message)
    elif source == "body" and (other := other_path(name)) is not None:
        yield Mistake("dotted-key", (*steps, "challenge"), *other)


def _answer(answer: ChallengeAnswer, steps: Steps) -> Iterator[Mistake]:
    """A header that a browser or a proxy would act on."""
    if answer.header is not UNSET and not _RETURNED.match(answer.header.lower()):
        message = f"'{answer.header}' cannot have a value that the caller chooses"
        hint = "a header for this begins with X-, and no browser or proxy acts on it"
        yield Mistake(CODE, (*steps, "header"), message, hint)


def _body(challenge: ChallengeHandshake, public: bool, steps: Steps) -> Iterator[Mistake]:
    """A body that is never there, or that would be read for strangers."""
    if challenge.method == "GET":
        message = "a GET has no body, but this challenge reads one"
        yield Mistake(CODE, (*steps, "method"), message, "write `method: POST`")
    if challenge.authenticated is False and not public:
        message = "the gateway reads a body only after the credentials"
        yield Mistake(CODE, (*steps, "authenticated"), message, "remove it")


def _open(challenge: ChallengeHandshake, public: bool, steps: Steps) -> Iterator[Mistake]:
    """One that returns to anyone what they send, where nobody has written that this is meant."""
    if challenge.authenticated is False or (challenge.proven and not public):
        return
    accepted = "accept it: `authenticated: false`"
    hint = (
        f"write `authenticated: true` if the sender also sends its credentials here, or {accepted}"
    )
    if public:
        hint = f"write `authentication`, or {accepted}"
    message = "anyone gets back the text that they send"
    yield Mistake("open-challenge", (*steps, "challenge"), message, hint)

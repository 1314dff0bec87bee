"""What a signed hook reads although its sender does not sign it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from gateway.language.lint.parts import WITH_BODY
from gateway.language.mistake import Mistake
from gateway.language.signed import Coverage, coverage, sender_of
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.yaml12 import Steps

Rule = tuple[Steps, str]
"""Where a rule stands, and the header or query parameter that it reads."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Input that anyone could have written, and trust that is not needed."""
    if not isinstance(hook.authentication, SignatureAuthentication):
        return
    covered = coverage(sender_of(hook.authentication).scheme)
    written = hook.authentication.trust_unsigned
    trusted = [] if written is UNSET else written
    rules = [*_unsigned(hook, covered)]
    for steps, name in rules:
        if not any(_means(entry, steps, name) for entry in trusted):
            message = f"whoever sees a request can send it with another '{name}': it is not signed"
            hint = f"match the body instead, or accept it: `trust_unsigned: [{name}]`"
            yield Mistake("unsigned-input", steps, message, hint, on="key")
    for index, entry in enumerate(trusted):
        if not any(_means(entry, steps, name) for steps, name in rules):
            signed = entry.lower() in covered.headers
            message = f"'{entry}' is signed" if signed else f"no rule reads '{entry}'"
            place = ("authentication", "trust_unsigned", index)
            yield Mistake("needless-trust", place, message, "remove it")
    if not covered.url:
        yield from _without_body(hook)


def _unsigned(hook: Hook, covered: Coverage) -> Iterator[Rule]:
    """The rules that read what the signature does not cover."""
    if hook.match is UNSET:
        return
    for name in () if hook.match.headers is UNSET else hook.match.headers:
        if name.lower() not in covered.headers:
            yield ("match", "headers", name), name
    for name in () if hook.match.query is UNSET or covered.url else hook.match.query:
        yield ("match", "query", name), name


def _means(entry: str, steps: Steps, name: str) -> bool:
    """Whether an entry of `trust_unsigned` names this header, in any case, or parameter."""
    return entry == name or (steps[1] == "headers" and entry.lower() == name.lower())


def _without_body(hook: Hook) -> Iterator[Mistake]:
    methods = " and ".join(method for method in hook.methods if method not in WITH_BODY)
    if methods:
        message = f"the data of {methods} is the query, which the sender does not sign"
        hint = "write the method that the sender uses, most often `method: POST`"
        yield Mistake("unsigned-input", ("authentication",), message, hint, on="key")

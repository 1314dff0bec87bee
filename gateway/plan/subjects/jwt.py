"""JSON Web Tokens: whose, for whom, under which keys, with which claims."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from msgspec import UNSET, UnsetType

from gateway.language.quantities import parse_duration
from gateway.language.spec import JwtAuthentication
from gateway.language.values import parse_path
from gateway.plan.change import Change
from gateway.plan.shown import listed
from gateway.plan.subjects import credentials, rules, tolerance

_STEPS = ("authentication",)


def meaning(written: JwtAuthentication) -> Hashable:
    """Audiences, algorithms and keys in any order."""
    return (
        written.issuer,
        frozenset(_audience(written)),
        frozenset(written.algorithms),
        written.jwks,
        credentials.meaning(written),
        rules.meaning_of_rules(_claims(written)),
        parse_duration(written.leeway),
    )


def compare(old: JwtAuthentication, new: JwtAuthentication) -> Iterator[Change]:
    """Part by part."""
    if old.issuer != new.issuer:
        message = f"the gateway accepts tokens of '{new.issuer}' instead of those of '{old.issuer}'"
        yield Change("issuer-changed", (*_STEPS, "issuer"), message, old.issuer, new.issuer)
    yield from _sets("audience", "for", _audience(old), _audience(new))
    yield from _sets("algorithms", "signed with", old.algorithms, new.algorithms)
    yield from _keys(old, new)
    yield from rules.compare_rules("claim", _claims(old), _claims(new))
    yield from tolerance.compare((*_STEPS, "leeway"), old.leeway, new.leeway)


def _sets(key: str, relation: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    steps, was, now = (*_STEPS, key), listed(old), listed(new)
    added, gone = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    if added:
        message = f"the gateway also accepts tokens {relation} {listed(added)}"
        yield Change(f"{key}-widened", steps, message, was, now)
    if gone:
        message = f"the gateway no longer accepts tokens {relation} {listed(gone)}"
        yield Change(f"{key}-narrowed", steps, message, was, now)


def _keys(old: JwtAuthentication, new: JwtAuthentication) -> Iterator[Change]:
    if old.jwks == new.jwks:
        yield from credentials.compare(old, new)
        return
    steps = (*_STEPS, "secrets" if new.jwks is UNSET else "jwks")
    message = "the keys that verify tokens come from another place"
    yield Change("key-set-changed", steps, message, _source(old), _source(new))


def _source(written: JwtAuthentication) -> str:
    return credentials.shown(written) if isinstance(written.jwks, UnsetType) else written.jwks


def _claims(written: JwtAuthentication) -> rules.Rules:
    return rules.rules_of((*_STEPS, "claims"), written.claims, parse_path)


def _audience(written: JwtAuthentication) -> list[str]:
    return [written.audience] if isinstance(written.audience, str) else written.audience

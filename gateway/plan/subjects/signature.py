"""Signatures: how the sender signs, with which secrets, and what rules may read besides."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from gateway.language.meaning import exact
from gateway.language.quantities import parse_duration
from gateway.language.signed import sender_of
from gateway.language.spec import SignatureAuthentication
from gateway.language.spec.scheme import Scheme, Variant
from gateway.language.spec.signature import Preset
from gateway.plan.change import Change
from gateway.plan.shown import json, listed
from gateway.plan.subjects import credentials, tolerance

_STEPS = ("authentication",)


def meaning(written: SignatureAuthentication) -> Hashable:
    """The scheme in full, with its defaults; secrets in any order."""
    return (
        scheme_meaning(written.scheme),
        credentials.meaning(written),
        parse_duration(_tolerance(written)),
        written.public_url,
        frozenset(_trusted(written)),
    )


def scheme_meaning(written: Preset | Scheme) -> Hashable:
    """A scheme in full, however it is written."""
    return _scheme(sender_of(written).scheme)


def compare(old: SignatureAuthentication, new: SignatureAuthentication) -> Iterator[Change]:
    """Part by part."""
    yield from _schemes(old, new)
    yield from credentials.compare(old, new)
    yield from tolerance.compare((*_STEPS, "tolerance"), _tolerance(old), _tolerance(new))
    if old.public_url != new.public_url:
        message = "the gateway accepts signatures for another URL"
        was, now = _text(old.public_url), _text(new.public_url)
        yield Change("public-url-changed", (*_STEPS, "public_url"), message, was, now)
    yield from _trust(_trusted(old), _trusted(new))


def _schemes(old: SignatureAuthentication, new: SignatureAuthentication) -> Iterator[Change]:
    was, now = sender_of(old.scheme).scheme, sender_of(new.scheme).scheme
    if _scheme(was) == _scheme(now):
        return
    steps, shown = (*_STEPS, "scheme"), (json(old.scheme), json(new.scheme))
    if _is_narrowed(was, now):
        message = "the gateway no longer accepts a kind of signature"
        yield Change("scheme-narrowed", steps, message, *shown)
    else:
        message = "the signature scheme is different and may be weaker"
        yield Change("scheme-changed", steps, message, *shown)


def _is_narrowed(old: Scheme, new: Scheme) -> bool:
    """Whether nothing but kinds of `also` are gone."""
    (was, kinds_before), (now, kinds_after) = _scheme(old), _scheme(new)
    return was == now and kinds_after < kinds_before


def _scheme(written: Scheme) -> tuple[Hashable, frozenset[Hashable]]:
    """A scheme with its defaults filled in, and its further kinds of signature."""
    several = written.format in ("list", "pairs")
    separator = "," if written.separator is UNSET and several else written.separator
    header = UNSET if written.header is UNSET else written.header.lower()
    plain = msgspec.structs.replace(written, header=header, separator=separator, also=UNSET)
    return _variant(plain), _also(written)


def _also(written: Scheme) -> frozenset[Hashable]:
    variants = [] if isinstance(written.also, UnsetType) else written.also
    return frozenset(map(_variant, variants))


def _variant(written: Variant) -> Hashable:
    if written.algorithm == "hmac" and written.digest is UNSET:
        return exact(msgspec.structs.replace(written, digest="sha256"))
    return exact(written)


def _tolerance(written: SignatureAuthentication) -> str:
    return sender_of(written.scheme).tolerance if written.tolerance is UNSET else written.tolerance


def _trusted(written: SignatureAuthentication) -> Sequence[str]:
    return [] if isinstance(written.trust_unsigned, UnsetType) else written.trust_unsigned


def _trust(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    steps, was, now = (*_STEPS, "trust_unsigned"), listed(old), listed(new)
    added, gone = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    if added:
        message = f"rules may read {listed(added)}, which the signature does not cover"
        yield Change("unsigned-trusted", steps, message, was, now)
    if gone:
        message = f"validation warns about rules that read {listed(gone)}"
        yield Change("unsigned-distrusted", steps, message, was, now)


def _text(written: str | UnsetType) -> str:
    return "" if isinstance(written, UnsetType) else written

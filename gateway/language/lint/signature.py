"""Signature schemes that no request could fulfil, or that would protect nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import UNSET

from gateway.language.mistake import Mistake
from gateway.language.quantities import parse_duration
from gateway.language.signed import sender_of, variants
from gateway.language.signed_text import Template
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.signature import Scheme
from gateway.language.yaml12 import Steps

KEY_FORMS = {
    "hmac": ("utf8", "base64", "whsec"),
    "ed25519": ("whpk", "spki"),
    "ecdsa-p256": ("spki",),
}
"""The values of `key` that an algorithm takes."""

_MARKS = {"raw": (), "prefix": ("prefix",), "list": ("prefix",), "pairs": ("pair",)}
_MARK_NEEDED = ("prefix", "pairs")

Fault = tuple[Steps, str]
"""The way to it from the authentication, and a sentence."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Everything that is wrong with a hook's signature."""
    if isinstance(hook.authentication, SignatureAuthentication):
        for steps, sentence in faults(hook.authentication):
            yield Mistake("bad-scheme", ("authentication", *steps), sentence)


def faults(spec: SignatureAuthentication) -> Iterator[Fault]:
    """Everything that is wrong with an authentication, its scheme written in full or by name."""
    scheme = sender_of(spec).scheme
    yield from _in_variants(scheme)
    yield from _in_signed(scheme)
    yield from _in_headers(scheme)
    yield from _around(spec, scheme)


def _in_variants(scheme: Scheme) -> Iterator[Fault]:
    separator = "," if scheme.separator is UNSET else scheme.separator
    for path, variant in variants(scheme):
        for mark in ("prefix", "pair"):
            yield from _in_mark(path, scheme.format, mark, getattr(variant, mark), separator)
        if variant.algorithm != "hmac" and variant.digest is not UNSET:
            yield (*path, "digest"), "'digest' is only for 'algorithm: hmac'"
        form, forms = variant.key, KEY_FORMS[variant.algorithm]
        if form not in forms:
            names = " or ".join(f"'{name}'" for name in forms)
            yield (*path, "key"), f"'algorithm: {variant.algorithm}' takes a key {names}"
    if scheme.separator is not UNSET and scheme.format not in ("list", "pairs"):
        yield ("scheme", "separator"), f"'format: {scheme.format}' has no separator"


def _in_mark(path: Steps, form: str, mark: str, written: object, separator: str) -> Iterator[Fault]:
    if written is UNSET:
        if mark in _MARKS[form] and form in _MARK_NEEDED:
            yield path, f"'format: {form}' needs '{mark}'"
    elif mark not in _MARKS[form]:
        yield (*path, mark), f"'format: {form}' has no '{mark}'"
    elif form != "prefix" and separator in str(written):
        yield (*path, mark), f"'{mark}' contains the separator"


def _in_signed(scheme: Scheme) -> Iterator[Fault]:
    template = Template(scheme.signed)
    fields = template.fields
    place = ("scheme", "signed")
    if sum(field in ("body", "form") for field in fields) != 1:
        yield place, "the body must be signed: {body} or {form}, one of them, once"
    if len(set(fields)) != len(fields):
        yield place, "each placeholder may stand once"
    if "id" in fields and not all(template.neighbours("id")):
        yield place, "{id} needs text between it and another placeholder"
    sent = scheme.timestamp is not UNSET and scheme.timestamp.body is UNSET
    checks: tuple[tuple[str, bool, str], ...] = (
        ("timestamp", sent, "a timestamp that is sent in a header or a pair"),
        ("id", scheme.id is not UNSET, "'id'"),
    )
    for name, given, what in checks:
        if (name in fields) != given:
            yield place, f"{{{name}}} and {what} go together: write both or neither"


def _in_headers(scheme: Scheme) -> Iterator[Fault]:
    names = [scheme.header.lower()]
    if scheme.id is not UNSET:
        names.append(scheme.id.header.lower())
    if scheme.timestamp is not UNSET:
        if scheme.timestamp.header is not UNSET:
            names.append(scheme.timestamp.header.lower())
        if scheme.timestamp.pair is not UNSET:
            yield from _in_timestamp_pair(scheme, scheme.timestamp.pair)
    if len(set(names)) != len(names):
        yield ("scheme",), "signature, timestamp and id need headers of their own"


def _in_timestamp_pair(scheme: Scheme, pair: str) -> Iterator[Fault]:
    place = ("scheme", "timestamp", "pair")
    if scheme.format != "pairs":
        yield place, "a timestamp in a pair needs 'format: pairs'"
    elif any(variant.pair == pair for _, variant in variants(scheme)):
        yield place, "the timestamp and the signature need different pairs"


def _around(spec: SignatureAuthentication, scheme: Scheme) -> Iterator[Fault]:
    signs_url = "{url}" in scheme.signed
    if signs_url and spec.public_url is UNSET:
        yield (), "the sender signs the URL: 'public_url' must say what it calls"
    if not signs_url and spec.public_url is not UNSET:
        yield ("public_url",), "the sender does not sign the URL: take this line out"
    if spec.public_url is not UNSET and not _can_be_called(spec.public_url):
        yield ("public_url",), "nobody can call this host; a port is a number up to 65535"
    if spec.tolerance is UNSET:
        return
    if scheme.timestamp is UNSET:
        yield ("tolerance",), "the sender signs no timestamp: take this line out"
    elif parse_duration(spec.tolerance) < 1:
        yield ("tolerance",), "no request is younger than that; write at least 1s"


def _can_be_called(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False

"""What an author can write that no request could ever fulfil, or that would protect nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import UNSET

from gateway.compile.signatures.keys import PUBLIC, SHARED
from gateway.compile.signatures.message import Template
from gateway.compile.signatures.outcomes import Mistake
from gateway.language.quantities import parse_duration
from gateway.language.spec.signature import Scheme, SignatureAuthentication, Variant

_FORMS = {"hmac": tuple(SHARED), "ed25519": tuple(PUBLIC), "ecdsa-p256": ("spki",)}
_MARKS = {"raw": (), "prefix": ("prefix",), "list": ("prefix",), "pairs": ("pair",)}
_MARK_NEEDED = ("prefix", "pairs")


def find_mistakes(spec: SignatureAuthentication, scheme: Scheme) -> list[Mistake]:
    """Everything that is wrong with an authentication whose scheme, by name or not, is `scheme`."""
    parts: tuple[Iterator[Mistake], ...] = (
        _in_variants(scheme),
        _in_signed(scheme),
        _in_headers(scheme),
        _around(spec, scheme),
    )
    return [mistake for part in parts for mistake in part]


def variants(scheme: Scheme) -> Iterator[tuple[tuple[str | int, ...], Variant]]:
    """The kinds of signature of a scheme, each with its path."""
    yield ("scheme",), scheme
    for index, variant in enumerate([] if scheme.also is UNSET else scheme.also):
        yield ("scheme", "also", index), variant


def _in_variants(scheme: Scheme) -> Iterator[Mistake]:
    separator = "," if scheme.separator is UNSET else scheme.separator
    for path, variant in variants(scheme):
        for mark in ("prefix", "pair"):
            yield from _in_mark(path, scheme.format, mark, getattr(variant, mark), separator)
        if variant.algorithm != "hmac" and variant.digest is not UNSET:
            yield Mistake((*path, "digest"), "'digest' is only for 'algorithm: hmac'")
        form, forms = variant.key, _FORMS[variant.algorithm]
        if form not in forms:
            names = " or ".join(f"'{name}'" for name in forms)
            yield Mistake((*path, "key"), f"'algorithm: {variant.algorithm}' takes a key {names}")
    if scheme.separator is not UNSET and scheme.format not in ("list", "pairs"):
        yield Mistake(("scheme", "separator"), f"'format: {scheme.format}' has no separator")


def _in_mark(
    path: tuple[str | int, ...], form: str, mark: str, written: object, separator: str
) -> Iterator[Mistake]:
    if written is UNSET:
        if mark in _MARKS[form] and form in _MARK_NEEDED:
            yield Mistake(path, f"'format: {form}' needs '{mark}'")
    elif mark not in _MARKS[form]:
        yield Mistake((*path, mark), f"'format: {form}' has no '{mark}'")
    elif form != "prefix" and separator in str(written):
        yield Mistake((*path, mark), f"'{mark}' contains the separator")


def _in_signed(scheme: Scheme) -> Iterator[Mistake]:
    template = Template(scheme.signed)
    fields = template.fields
    place = ("scheme", "signed")
    if sum(field in ("body", "form") for field in fields) != 1:
        yield Mistake(place, "the body must be signed: {body} or {form}, one of them, once")
    if len(set(fields)) != len(fields):
        yield Mistake(place, "each placeholder may stand once")
    if "id" in fields and not all(template.neighbours("id")):
        yield Mistake(place, "{id} needs text between it and another placeholder")
    sent = scheme.timestamp is not UNSET and scheme.timestamp.body is UNSET
    checks: tuple[tuple[str, bool, str], ...] = (
        ("timestamp", sent, "a timestamp that is sent in a header or a pair"),
        ("id", scheme.id is not UNSET, "'id'"),
    )
    for name, given, what in checks:
        if (name in fields) != given:
            yield Mistake(place, f"{{{name}}} and {what} go together: write both or neither")


def _in_headers(scheme: Scheme) -> Iterator[Mistake]:
    names = [scheme.header.lower()]
    if scheme.id is not UNSET:
        names.append(scheme.id.header.lower())
    if scheme.timestamp is not UNSET:
        if scheme.timestamp.header is not UNSET:
            names.append(scheme.timestamp.header.lower())
        if scheme.timestamp.pair is not UNSET:
            yield from _in_timestamp_pair(scheme, scheme.timestamp.pair)
    if len(set(names)) != len(names):
        yield Mistake(("scheme",), "signature, timestamp and id need headers of their own")


def _in_timestamp_pair(scheme: Scheme, pair: str) -> Iterator[Mistake]:
    place = ("scheme", "timestamp", "pair")
    if scheme.format != "pairs":
        yield Mistake(place, "a timestamp in a pair needs 'format: pairs'")
    elif any(variant.pair == pair for _, variant in variants(scheme)):
        yield Mistake(place, "the timestamp and the signature need different pairs")


def _around(spec: SignatureAuthentication, scheme: Scheme) -> Iterator[Mistake]:
    signs_url = "{url}" in scheme.signed
    if signs_url and spec.public_url is UNSET:
        yield Mistake((), "the sender signs the URL: 'public_url' must say what it calls")
    if not signs_url and spec.public_url is not UNSET:
        yield Mistake(("public_url",), "the sender does not sign the URL: take this line out")
    if spec.public_url is not UNSET and not _has_port(spec.public_url):
        yield Mistake(("public_url",), "a port is a number up to 65535")
    if spec.tolerance is UNSET:
        return
    if scheme.timestamp is UNSET:
        yield Mistake(("tolerance",), "the sender signs no timestamp: take this line out")
    elif parse_duration(spec.tolerance) < 1:
        yield Mistake(("tolerance",), "no request is younger than that; write at least 1s")


def _has_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False

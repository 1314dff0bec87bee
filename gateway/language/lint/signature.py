"""Signature schemes that no request could fulfil, or that would protect nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from msgspec import UNSET

from gateway.language.mistake import Mistake
from gateway.language.signed import id_separators, sender_of, separator_of, variants
from gateway.language.signed_text import Template
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.bounds import TOLERANCE
from gateway.language.spec.scheme import Scheme, Variant
from gateway.language.yaml12 import Steps

KEY_FORMS = {
    "hmac": ("utf8", "base64", "hex", "whsec"),
    "ed25519": ("whpk", "spki", "base64", "hex"),
    "ecdsa-p256": ("spki",),
    "rsa-sha256": ("spki",),
}
"""The values of `key` that an algorithm takes."""

_MARKS = {"raw": (), "prefix": ("prefix",), "list": ("prefix",), "pairs": ("pair",)}
_MARK_NEEDED = ("prefix", "pairs")
_MEANINGS = {
    "prefix": "it is the text before the signature, such as sha256=",
    "pair": "it is the name of the signature's pair, such as v1",
}

_PLACES = {"header": "headers", "body": "places in the body"}

Fault = tuple[Steps, str, str]
"""The way to it from the authentication, a sentence, a hint."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Everything that is wrong with a hook's signature."""
    if isinstance(hook.authentication, SignatureAuthentication):
        for steps, sentence, hint in faults(hook.authentication):
            yield Mistake("bad-scheme", ("authentication", *steps), sentence, hint)


def faults(spec: SignatureAuthentication) -> Iterator[Fault]:
    """Everything that is wrong with an authentication, its scheme written in full or by name."""
    scheme = sender_of(spec.scheme).scheme
    yield from scheme_faults(scheme)
    yield from _around(spec, scheme)


def scheme_faults(scheme: Scheme) -> Iterator[Fault]:
    """Everything that is wrong with a scheme, whoever signs by it."""
    yield from _in_variants(scheme)
    yield from _in_signed(scheme)
    yield from _in_places(scheme)


def _in_variants(scheme: Scheme) -> Iterator[Fault]:
    separator = separator_of(scheme).strip() or separator_of(scheme)
    for path, variant in variants(scheme):
        for mark in ("prefix", "pair"):
            yield from _in_mark(path, scheme.format, mark, getattr(variant, mark), separator)
        yield from _in_key(path, variant)
    if scheme.separator is not UNSET and scheme.format not in ("list", "pairs"):
        yield ("scheme", "separator"), f"'format: {scheme.format}' has no separator", "remove it"


def _in_mark(path: Steps, form: str, mark: str, written: object, separator: str) -> Iterator[Fault]:
    if written is UNSET:
        if mark in _MARKS[form] and form in _MARK_NEEDED:
            place = ("scheme", "format") if path == ("scheme",) else path
            yield place, f"'format: {form}' needs '{mark}'", _MEANINGS[mark]
    elif mark not in _MARKS[form]:
        yield (*path, mark), f"'format: {form}' has no '{mark}'", "remove it"
    elif form != "prefix" and separator in str(written):
        hint = f"the items of the header are separated by '{separator}'"
        yield (*path, mark), f"'{mark}' contains the separator", hint


def _in_key(path: Steps, variant: Variant) -> Iterator[Fault]:
    algorithm, forms = variant.algorithm, KEY_FORMS[variant.algorithm]
    if algorithm != "hmac" and variant.digest is not UNSET:
        yield (*path, "digest"), f"'algorithm: {algorithm}' has its own digest", "remove it"
    if variant.key not in forms:
        place = "key" if algorithm == "hmac" else "algorithm"
        names = " or ".join(f"`key: {name}`" for name in forms)
        sentence = f"'algorithm: {algorithm}' does not accept 'key: {variant.key}'"
        yield (*path, place), sentence, f"write {names}"


def _in_signed(scheme: Scheme) -> Iterator[Fault]:
    template = Template(scheme.signed)
    fields = template.fields
    place = ("scheme", "signed")
    bodies = sum(field in ("body", "form") for field in fields)
    if scheme.body is UNSET and bodies != 1:
        yield place, "the body must be signed", "write {body} once, or {form} for Twilio's forms"
    if scheme.body is not UNSET and (bodies or "timestamp" not in fields):
        hint = "write {timestamp} and what else the sender signs, without {body} and {form}"
        yield place, "a signature in the body signs a timestamp and not the body", hint
    if len(set(fields)) != len(fields):
        yield place, "a placeholder appears twice", "use each placeholder once"
    if "id" in fields and not all(id_separators(scheme)):
        hint = "otherwise an id could be read as the start of the next value"
        yield place, "{id} needs text between it and another placeholder", hint
    in_body = scheme.body is not UNSET
    where = "the body or a pair" if in_body else "a header or a pair"
    sent = scheme.timestamp is not UNSET and (in_body or scheme.timestamp.body is UNSET)
    yield from _together("timestamp", sent, fields, f"'timestamp' in {where}")
    yield from _together("id", scheme.id is not UNSET, fields, "'id'")


def _together(field: str, sent: bool, fields: Sequence[str], key: str) -> Iterator[Fault]:
    if field in fields and not sent:
        sentence = f"{{{field}}} is signed, but the scheme does not say where it is sent"
        yield ("scheme", "signed"), sentence, f"write {key}"
    if sent and field not in fields:
        hint = f"write {{{field}}} where the sender signs it, or remove '{field}'"
        yield ("scheme", field), f"'{field}' is sent but not signed: anyone could change it", hint


def _in_places(scheme: Scheme) -> Iterator[Fault]:
    own, other = ("header", "body") if scheme.body is UNSET else ("body", "header")
    parts = {"timestamp": scheme.timestamp, "id": scheme.id}
    written = {name: part for name, part in parts.items() if part is not UNSET}
    places = [getattr(part, own) for part in (scheme, *written.values())]
    names = [place.lower() if own == "header" else place for place in places if place is not UNSET]
    if len(set(names)) != len(names):
        sentence = f"signature, timestamp and id need separate {_PLACES[own]}"
        hint = "for a timestamp beside the signature, write `pair`"
        yield ("scheme", own), sentence, hint
    for name, part in written.items():
        dates_the_body = name == "timestamp" and other == "body"
        if getattr(part, other) is not UNSET and not dates_the_body:
            sentence = f"the signature is in the {own}, but '{name}' is in the {other}"
            yield ("scheme", name, other), sentence, f"write `{own}`"
    if scheme.timestamp is not UNSET and scheme.timestamp.pair is not UNSET:
        yield from _in_timestamp_pair(scheme, scheme.timestamp.pair)


def _in_timestamp_pair(scheme: Scheme, pair: str) -> Iterator[Fault]:
    place = ("scheme", "timestamp", "pair")
    if scheme.format != "pairs":
        hint = "name the timestamp's header, or write `format: pairs`"
        yield place, f"'format: {scheme.format}' has no pairs", hint
    elif any(variant.pair == pair for _, variant in variants(scheme)):
        yield place, f"'{pair}' is already the signature's pair", "name the timestamp's pair"


def _around(spec: SignatureAuthentication, scheme: Scheme) -> Iterator[Fault]:
    signs_url = "{url}" in scheme.signed
    if signs_url and spec.public_url is UNSET:
        hint = "write the URL that the sender calls"
        yield ("scheme",), "the sender signs the URL, but the hook has no `public_url`", hint
    if not signs_url and "{path}" not in scheme.signed and spec.public_url is not UNSET:
        yield ("public_url",), "the sender does not sign the URL", "remove it"
    if spec.public_url is not UNSET and not _can_be_called(spec.public_url):
        hint = "a port is a number between 1 and 65535"
        yield ("public_url",), "this host and port cannot be called", hint
    if spec.tolerance is UNSET:
        return
    if scheme.timestamp is UNSET:
        yield ("tolerance",), "the sender signs no timestamp", "remove it"
    elif not TOLERANCE.hold(spec.tolerance):
        yield ("tolerance",), "this would refuse every request", f"write {TOLERANCE}"


def _can_be_called(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False

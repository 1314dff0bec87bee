"""How a hook's sender signs, whichever way it is written, and what its signature covers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from gateway.language.senders import PRESETS, Sender
from gateway.language.signed_text import Template
from gateway.language.spec.scheme import Scheme, Variant
from gateway.language.spec.signature import SignatureAuthentication

DEFAULT_TOLERANCE = "5m"
"""For schemes that are written in full."""


class Coverage(msgspec.Struct, frozen=True):
    """What a sender's signature covers; whatever else a rule reads, anyone could have written.

    `headers` are lower-case names. `url` is the path and the query. The body always is covered.
    """

    headers: frozenset[str]
    url: bool


def sender_of(spec: SignatureAuthentication) -> Sender:
    """The sender that a name stands for, or whose scheme is written in full."""
    if isinstance(spec.scheme, Scheme):
        return Sender(spec.scheme, "", DEFAULT_TOLERANCE)
    return PRESETS[spec.scheme]


def separator_of(scheme: Scheme) -> str:
    """What stands between the items of the signature's header; blanks around it are optional."""
    return "," if scheme.separator is UNSET else scheme.separator


def coverage(scheme: Scheme) -> Coverage:
    """What a scheme signs beside the body."""
    headers = set()
    if scheme.timestamp is not UNSET and scheme.timestamp.header is not UNSET:
        headers.add(scheme.timestamp.header.lower())
    if scheme.id is not UNSET:
        headers.add(scheme.id.header.lower())
    return Coverage(frozenset(headers), "url" in Template(scheme.signed).fields)


def variants(scheme: Scheme) -> Iterator[tuple[tuple[str | int, ...], Variant]]:
    """The kinds of signature of a scheme, each with the way to it from the authentication."""
    yield ("scheme",), scheme
    for index, variant in enumerate([] if scheme.also is UNSET else scheme.also):
        yield ("scheme", "also", index), variant

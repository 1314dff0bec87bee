"""How a hook's sender signs, whichever way it is written, and what its signature covers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from gateway.language.senders import PRESETS, Sender
from gateway.language.signed_text import Template
from gateway.language.spec.scheme import Scheme, Variant
from gateway.language.spec.signature import Preset

DEFAULT_TOLERANCE = "5m"
"""For schemes that are written in full."""


class Coverage(msgspec.Struct, frozen=True):
    """What a sender's signature covers; whatever else a rule reads, anyone could have written.

    `headers` are lower-case names.
    """

    headers: frozenset[str]
    path: bool
    query: bool
    body: bool


def sender_of(written: Preset | Scheme) -> Sender:
    """The sender that a name stands for, or whose scheme is written in full."""
    if isinstance(written, Scheme):
        return Sender(written, "", DEFAULT_TOLERANCE)
    return PRESETS[written]


def separator_of(scheme: Scheme) -> str:
    """What stands between the items of the signature's header; blanks around it are optional."""
    return "," if scheme.separator is UNSET else scheme.separator


def coverage(scheme: Scheme) -> Coverage:
    """What a scheme signs."""
    headers = {
        place.header.lower()
        for place in (scheme.timestamp, scheme.id)
        if place is not UNSET and place.header is not UNSET
    }
    fields = Template(scheme.signed).fields
    return Coverage(
        headers=frozenset(headers),
        path="url" in fields or "path" in fields,
        query="url" in fields,
        body=scheme.body is UNSET,
    )


def id_separators(scheme: Scheme) -> tuple[bytes, ...]:
    """The texts that an id may not contain, since they separate it from its neighbours in what is
    signed. Empty bytes stand for a neighbour that the id could be taken for a part of.

    A timestamp right before the id ends by its form. One of RFC 3339 right after it begins by its
    form, thirteen characters before the first colon.
    """
    before, after = Template(scheme.signed).neighbours("id")
    dated = scheme.timestamp is not UNSET and scheme.timestamp.unit == "rfc3339"
    if after == "timestamp" and dated:
        after = b":"
    if before == "timestamp":
        before = None
    found = (before, after)
    return tuple(b"" if isinstance(one, str) else one for one in found if one is not None)


def variants(scheme: Scheme) -> Iterator[tuple[tuple[str | int, ...], Variant]]:
    """The kinds of signature of a scheme, each with the way to it from the authentication."""
    yield ("scheme",), scheme
    for index, variant in enumerate([] if scheme.also is UNSET else scheme.also):
        yield ("scheme", "also", index), variant

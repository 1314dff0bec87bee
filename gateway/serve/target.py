"""Judging the request target and its host before anything routes them (RFC 9112 §3.2)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from gateway.errors import Malformed

_PLAIN = re.compile(rb"(?:/[A-Za-z0-9_~!$&'()*+,;=:@-]+)+")
_ENCODED = re.compile(rb"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DOTS = frozenset({"", ".", ".."})
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]{0,5})?")

_HOSTS: set[bytes] = set()
"""Hosts that were judged: callers mostly name the same few."""
KNOWN = 256
LONG = 256
"""How many are remembered, and the bytes of one that is not."""


def judge_path(raw: bytes) -> str:
    """The decoded path of a target's raw one.

    One trailing '/' stands (and leads to a 404). Raises Malformed for empty, '.' and '..'
    segments, an encoded '/', control characters, and what is not UTF-8: two parties could read
    such a path differently.
    """
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    if not _ENCODED.fullmatch(raw):
        raise Malformed("The path contains characters that must be percent-encoded.")
    segments = [_segment(segment) for segment in raw[1:].split(b"/")]
    if any(segment in _DOTS for segment in segments[:-1]) or segments[-1] in (".", ".."):
        raise Malformed("The path contains an empty segment, '.' or '..'.")
    return "/" + "/".join(segments)


def _segment(raw: bytes) -> str:
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("The path is not UTF-8.") from error
    if "/" in text or _CONTROL.search(text):
        raise Malformed("The path contains an encoded '/' or a control character.")
    return text


def path_as_sent(raw: bytes) -> str:
    """A path for the log that was not decoded, without the fragment that no target has."""
    return raw.partition(b"#")[0].decode("ascii", "backslashreplace")


def judge_host(host: bytes | list[bytes] | None) -> None:
    """Raises Malformed unless one Host names a host (RFC 9112 §3.2, RFC 3986 §3.2.2)."""
    if not isinstance(host, bytes) or not host:
        raise Malformed("There must be exactly one Host header.")
    if host in _HOSTS:
        return
    if not _HOST.fullmatch(host):
        raise Malformed("The Host header does not name a host.")
    if len(_HOSTS) < KNOWN and len(host) < LONG:
        _HOSTS.add(host)

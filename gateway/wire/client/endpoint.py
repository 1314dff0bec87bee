"""Where requests go: an http or https URL in the parts that a request is made of."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

_PORTS = {"http": 80, "https": 443}
_PATH = "!$&'()*+,;=:@/~-._%"
_QUERY = _PATH + "?"


def encoded_path(text: str) -> str:
    """A part of a path as it stands in a request line; what is percent-encoded stays so."""
    return quote(text, safe=_PATH)


def encoded_query(text: str) -> str:
    """The same for a part of a query."""
    return quote(text, safe=_QUERY)


class Endpoint(msgspec.Struct, frozen=True):
    """A URL (RFC 3986). `host` is in lower case and without brackets, `authority` is what `Host`
    says, `target` is what the request line does: percent-encoded as it was written, never
    normalised, so that `/run/%2E%2E` stays what it is.
    """

    scheme: Literal["http", "https"]
    host: str
    port: int
    authority: str
    target: str

    @classmethod
    def of(cls, url: str) -> Endpoint:
        """The endpoint of a URL; its credentials and fragment are left out. Raises ValueError."""
        parts = urlsplit(url)
        host = parts.hostname
        if parts.scheme not in ("http", "https") or not host or not host.isascii():
            raise ValueError("not an http URL with a host")
        scheme: Literal["http", "https"] = "https" if parts.scheme == "https" else "http"
        port = parts.port or _PORTS[scheme]
        shown = f"[{host}]" if ":" in host else host
        authority = shown if port == _PORTS[scheme] else f"{shown}:{port}"
        target = encoded_path(parts.path) or "/"
        if parts.query:
            target += "?" + encoded_query(parts.query)
        return cls(scheme, host, port, authority, target)

    @property
    def path(self) -> str:
        """The target without its query, which may hold what is not for logs."""
        return self.target.partition("?")[0]

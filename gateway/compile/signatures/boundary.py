"""Where a signed URL ends and the body behind it begins, if no text between them shows it.

Senders sign `https://hooks.example.com/x?a=1{"b":2}`, and a program that sends this again could
divide it in another way. A URL contains only certain characters (RFC 3986). So it ends before the
first other one, if that is where the body, or the text before it, begins.
"""

from __future__ import annotations

import re

from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Request
from gateway.language.signed_text import Template

_URL = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")
"""What can be in the path and the query of a URL (RFC 3986, 3.3 and 3.4)."""

_NEVER_SENT = re.compile(rb"[\x00-\x20\x7f]")
"""What the gateway takes in no URL."""


class Boundary:
    """The end of the URL in what is signed. `path` and `query` say which parts of the URL are those
    of the request, and `text` is what stands between the URL and the body.
    """

    __slots__ = ("_path", "_query", "_shown", "_text")

    def __init__(self, text: bytes, *, path: bool, query: bool) -> None:
        self._text = text
        self._path = path
        self._query = query
        self._shown = _URL.fullmatch(text) is None

    def check(self, request: Request) -> None:
        """Raises Unverified for a request that could be another one, divided differently."""
        path = request.path if self._path else b""
        query = request.query_string if self._query else b""
        if not (_URL.fullmatch(path) and _URL.fullmatch(query)):
            raise Unverified("url-ambiguous")
        if self._shown or not request.body or not _URL.fullmatch(request.body[:1]):
            return
        if path or query or (self._text + request.body[:1]).startswith(b"?"):
            raise Unverified("url-ambiguous")


def boundary_of(template: Template, urls: tuple[bytes, ...]) -> Boundary | None:
    """The boundary that must be checked; None where the scheme itself shows it, or the URL is not
    that of the request. `urls` are as for `Layout`.
    """
    between = template.between(("url", "path"), "body")
    if between is None or _NEVER_SENT.search(between):
        return None
    query = "url" in template.fields
    path = not any(url.count(b"/") > 2 for url in urls)
    return Boundary(between, path=path, query=query) if path or query else None

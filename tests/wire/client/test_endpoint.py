"""A URL is called as it is written."""

from __future__ import annotations

import pytest

from gateway.wire.client import Endpoint

URLS = {
    "http://workflows.internal/run": ("http", "workflows.internal", 80, "/run"),
    "https://W.example:8443/run?a=b&c": ("https", "w.example", 8443, "/run?a=b&c"),
    "http://[::1]:8000": ("http", "::1", 8000, "/"),
    "http://a.example?x=1": ("http", "a.example", 80, "/?x=1"),
    "http://a.example:80/": ("http", "a.example", 80, "/"),
    "https://a/%2E%2E/%2e/../x//y": ("https", "a", 443, "/%2E%2E/%2e/../x//y"),
    "http://a.example/{x}|\"^<>`\\?y={\"}": (
        "http", "a.example", 80, "/%7Bx%7D%7C%22%5E%3C%3E%60%5C?y=%7B%22%7D",
    ),
    "http://a.example/~a!$&'()*+,;=:@?~!$&'()*+,;=:@/?": (
        "http", "a.example", 80, "/~a!$&'()*+,;=:@?~!$&'()*+,;=:@/?",
    ),
    "http://a.example/x?p=%3D%2f+%20": ("http", "a.example", 80, "/x?p=%3D%2f+%20"),
}  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_url_is_taken_apart_and_not_normalised(url: str) -> None:
    endpoint = Endpoint.of(url)
    assert (endpoint.scheme, endpoint.host, endpoint.port, endpoint.target) == URLS[url]


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://a.example:80/", "a.example"),
        ("https://a.example:443/", "a.example"),
        ("http://a.example:443/", "a.example:443"),
        ("http://[2001:DB8::1]:8000/", "[2001:db8::1]:8000"),
        ("https://user:secret@a.example/#x", "a.example"),
    ],
)
def test_host_says_where_the_request_goes(url: str, authority: str) -> None:
    assert Endpoint.of(url).authority == authority


@pytest.mark.parametrize("url", ["ftp://a/", "//a/", "a", "http://", "http://é/", "http://a:x/"])
def test_what_is_no_http_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Endpoint.of(url)

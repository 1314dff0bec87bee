"""The workflow's URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

from gateway.language.inputs import url_steps, workflow_of
from gateway.language.lint.misplaced import in_key
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook
from gateway.language.template import BadTemplate, Expression
from gateway.language.template.url import UrlTemplate, outline, parse_url
from gateway.language.yaml12 import Steps

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def check(hook: Hook) -> Iterator[Mistake]:
    """A URL that cannot be called as it stands."""
    written = workflow_of(hook).url
    try:
        url = parse_url(written)
    except BadTemplate:
        return  # told with all other templates
    yield from filled_names(url, url_steps(hook))
    for code, message, hint in faults(outline(written)):
        yield Mistake(code, url_steps(hook), message, hint)


def filled_names(url: UrlTemplate, steps: Steps) -> Iterator[Mistake]:
    """Templates in the names of parameters."""
    for pair in url.pairs:
        for part in pair:
            if isinstance(part, str) and "=" in part:
                break
            if isinstance(part, Expression):
                inner = part.span.start, part.span.end
                yield in_key(steps, inner=inner)


def faults(url: str) -> Iterator[tuple[str, str, str]]:
    """Code, message and hint of everything that is wrong with a URL of the right form, in which
    letters stand for what templates fill in.
    """
    if " " in url:
        yield "bad-url", "a URL cannot contain spaces", "write %20 for a space in the path"
        return
    if "\\" in url:  # some programs read it as '/', and '..' behind it as another path
        yield "bad-url", "a URL cannot contain '\\'", "write '/', or %5C in the path"
        return
    if not url.isascii():
        hint = "percent-encode the path, and write the host in its xn-- form"
        yield "bad-url", "a URL must be ASCII", hint
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        yield "bad-url", "the host of the URL is not a name or an address", ""
        return
    if "@" in parts.netloc:
        hint = "write `authentication` under `workflow`, and replace the credentials"
        yield "secret-in-yaml", "the URL contains credentials", hint
        return
    yield from _host_and_port(parts)
    if parts.fragment or url.endswith("#"):
        yield "bad-url", "a URL with a '#' part cannot be called", "write '#' as %23"
    if _BROKEN_ESCAPE.search(url):
        yield "bad-url", "a '%' in a URL is followed by two hex digits", "write '%' as %25"


def _host_and_port(parts: SplitResult) -> Iterator[tuple[str, str, str]]:
    host = parts.netloc.rpartition("]")[0] + "]" if "[" in parts.netloc else None
    if not parts.hostname:
        yield "bad-url", "the URL has no host", "for example http://workflows.internal/run"
    elif not (_is_ipv6(host[1:-1]) if host else _HOST.fullmatch(parts.hostname)):
        yield "bad-url", "the host of the URL is not a name or an address", ""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0 or parts.netloc.endswith(":"):
        yield "bad-url", "the port of the URL is not a number between 1 and 65535", ""


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True

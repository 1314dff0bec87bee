"""API keys: where the key stands, and which keys open the hook."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from msgspec import UNSET

from gateway.language.spec import ApiKeyAuthentication
from gateway.plan.change import Change
from gateway.plan.subjects import credentials


def meaning(written: ApiKeyAuthentication) -> Hashable:
    """The place, in any case of a header's letters, and the keys."""
    return _place(written), credentials.meaning(written)


def compare(old: ApiKeyAuthentication, new: ApiKeyAuthentication) -> Iterator[Change]:
    """Another place, other keys."""
    if _place(old) != _place(new):
        step, _ = _place(new)
        message = f"the key is taken from {_shown(new)}, not from {_shown(old)}"
        steps = ("authentication", step)
        yield Change("key-place-changed", steps, message, _shown(old), _shown(new))
    yield from credentials.compare(old, new)


def _place(written: ApiKeyAuthentication) -> tuple[str, str]:
    if written.header is not UNSET:
        return "header", written.header.lower()
    if written.body is not UNSET:
        return "body", written.body
    return "query", str(written.query)


def _shown(written: ApiKeyAuthentication) -> str:
    if written.header is not UNSET:
        return f"the header '{written.header}'"
    if written.body is not UNSET:
        return f"the body's '{written.body}'"
    return f"the query parameter '{written.query}'"

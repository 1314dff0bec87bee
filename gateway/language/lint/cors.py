"""Pages of other origins: origins that no browser sends, headers that nobody need name."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UnsetType

from gateway.language.answers import answers_of
from gateway.language.lint.headers import CONNECTION
from gateway.language.mistake import Mistake
from gateway.language.spec import Hook

ANY = "*"
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def check(hook: Hook) -> Iterator[Mistake]:
    """Origins that are never equal to one that a browser sends, headers that are set twice."""
    yield from _by_hand(hook)
    if isinstance(hook.cors, UnsetType):
        return
    origins = hook.cors.origins
    for index, origin in enumerate(origins):
        steps = ("cors", "origins", index)
        if origin == ANY and len(origins) > 1:
            message = "'*' allows every page, so the other origins have no effect"
            yield Mistake("bad-origin", steps, message, "remove one or the others")
        scheme, _, rest = origin.partition("://")
        port = rest.rpartition(":")[2]
        if port == _DEFAULT_PORTS.get(scheme):
            message = f"browsers do not send the port of '{origin}'"
            hint = f"write {origin.removesuffix(f':{port}')}"
            yield Mistake("bad-origin", steps, message, hint)
        elif origin in origins[:index]:
            yield Mistake("bad-origin", steps, f"'{origin}' appears twice", "remove one")
    for index, name in enumerate(hook.cors.headers):
        if name.lower() in CONNECTION:
            message, hint = f"'{name}' cannot be set here", "pages cannot set this header"
            yield Mistake("reserved-header", ("cors", "headers", index), message, hint)


def _by_hand(hook: Hook) -> Iterator[Mistake]:
    named = ((one.steps, name) for one in answers_of(hook) for name in one.answer.headers)
    for above, name in named:
        if not name.lower().startswith("access-control-"):
            continue
        steps = (*above, "headers", name)
        if isinstance(hook.cors, UnsetType):
            message = f"'{name}' is set only in successful answers, and preflights are refused"
            hint = "write `cors: {origins: [...]}` instead"
            yield Mistake("cors-by-hand", steps, message, hint, on="key")
        else:
            message = f"'{name}' cannot be set here"
            yield Mistake("reserved-header", steps, message, "'cors' sets this header", on="key")

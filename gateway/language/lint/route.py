"""The path that a hook owns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.language.mistake import Mistake
from gateway.language.spec import Hook

RESERVED = "/-"
"""Below it are the gateway's own endpoints."""


_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def parameters(hook: Hook) -> list[str]:
    """The names of the path's parameters, in their order."""
    return _PARAMETER.findall(hook.route)


def check(hook: Hook) -> Iterator[Mistake]:
    """A path that the gateway keeps for itself, or that no client would ask for."""
    for code, message, hint in faults(hook.route):
        yield Mistake(code, ("path",), message, hint)


def faults(path: str) -> Iterator[tuple[str, str, str]]:
    """Code, message and hint of everything that is wrong with a path of the right form."""
    if path == RESERVED or path.startswith(RESERVED + "/"):
        hint = "choose a path that does not start with /-"
        yield "reserved-path", "paths below /-/ are reserved for the gateway", hint
    segments = path.split("/")[1:]
    for segment in dict.fromkeys(segments):
        if segment in (".", ".."):
            message = (
                f"'{segment}' is not a valid segment: clients resolve it before they send a request"
            )
            yield "bad-route", message, "write the resolved path"
        elif segment[0] == "{" and segments.count(segment) > 1:
            hint = "give each parameter its own name"
            yield "bad-route", f"the path parameter '{segment}' appears twice", hint

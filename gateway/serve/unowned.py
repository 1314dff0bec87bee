"""What is said of requests for paths and methods that no hook owns."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.errors import MethodNotAllowed, NotFound


def refusal(allowed: Sequence[str]) -> NotFound | MethodNotAllowed:
    """The refusal of a method on a path whose owners take others, or of a path without owner."""
    if not allowed:
        return NotFound(no_owner())
    # Who takes GET takes HEAD.
    allow = ", ".join(allowed).replace("GET", "GET, HEAD").encode()
    return MethodNotAllowed(f"The hook accepts {' and '.join(allowed)}.", ((b"allow", allow),))


def no_owner(without_slash: bool = False) -> str:
    """The detail; `without_slash` says that the path has an owner but for its last '/'."""
    hint = " (a hook has the path without the '/' at the end)" if without_slash else ""
    return f"No enabled hook has this path{hint}."

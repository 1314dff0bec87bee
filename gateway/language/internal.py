"""A mistake of the gateway's own: it is told like an author's, and hurts only what showed it."""

from __future__ import annotations

import logging

from gateway.language.diagnostic import Diagnostic, Place

START = Place(1, 1, 1, 1)
CODE = "internal"
_HINT = "this is a fault of the gateway; the log has the traceback; please report it"
_log = logging.getLogger("gateway.internal")


def internal(
    what: str, error: Exception, *, file: str, hook: str = "", place: Place = START
) -> Diagnostic:
    """The finding, and a log line with the traceback. `what` says in words what came to nothing.

    The finding names the kind of exception alone: its message may hold a part of the file.
    """
    _log.error("%s: %s", file, what, exc_info=error)
    return Diagnostic(
        file=file,
        place=place,
        severity="error",
        code=CODE,
        message=f"{what}: {type(error).__name__}",
        hint=_HINT,
        hook=hook,
    )

"""References to a challenge, such as `${query.hub.challenge}`."""

from __future__ import annotations


def reference_of(written: str) -> tuple[str, str]:
    """The source of a reference (`query`, `headers` or `body`), and the name or path behind its
    first dot, which may stand in single quotes.
    """
    source, _, name = written[2:-1].partition(".")
    if len(name) > 1 and name.startswith("'") and name.endswith("'"):
        name = name[1:-1].replace("''", "'")
    return source, name

"""How texts commonly miss their form, and what to do about just that."""

from __future__ import annotations

import re

_SCHEME = (r"^(?!https?://)", "start it with http:// or https://")

SLIPS: dict[str, tuple[tuple[str, str], ...]] = {
    "Name": (
        (r"[A-Z]", "write it in lower case, with '-' between words"),
        (r"[_. ]", "write '-' between words"),
    ),
    "Route path": (
        (r"^https?://", "write only the path, without the host"),
        (r"^[^/]", "start it with '/'"),
        (r"\?", "a path has no query: write its parameters under `match.query`"),
        (r"./$", "remove the '/' at its end"),
        (r"//", "write it without '//'"),
        (r"%", "write it decoded; a path must be ASCII"),
        (r"[{}]", "a parameter is {name} in lower case, without other text between two '/'"),
        (r"[^!-~]", "it is made of ASCII letters, digits and -._~!$&'()*+,;=:@"),
    ),
    "URL template": (_SCHEME,),
    "HTTP URL": (
        _SCHEME,
        (r" ", "a URL has no spaces; in its path a space is %20"),
        (r"[^ -~]", "write it in ASCII: the path percent-encoded, the host in its xn-- form"),
    ),
    "Duration": (
        (r"^\d*\.\d", "write a whole number: 1500ms for 1.5s"),
        (r"^\d+ *[a-z]{2,}", "the units are ms, s, m, h and d"),
    ),
    "Size": ((r"(?i)^\d+ *[km]i?b?$", "the units are KiB and MiB, without a space"),),
    "Rate": ((r"^\d+/ *[a-z]", "write a number and a time: 10/1m"),),
    "Instant": ((r"^\d{4}-\d\d-\d\d$", "add a time and its offset, such as T00:00:00Z"),),
    "SHA-256": ((r"^[0-9A-Fa-f]{64}$", "write it in lower case"),),
}
"""Title of a scalar → what a text may look like, in order of precedence, and the hint for it."""


def hint_for_slip(title: str, text: str) -> str:
    """The hint for a common mistake in a text that should have this form; else nothing."""
    slips = SLIPS.get(title, ())
    return next((hint for pattern, hint in slips if re.search(pattern, text, re.ASCII)), "")

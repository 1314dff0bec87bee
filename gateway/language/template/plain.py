"""The form that most templates have, told by one pattern."""

from __future__ import annotations

import re

LONGEST = 4096
"""Characters of a scalar with templates."""

PLAIN = re.compile(
    r"""\$\{\s* (?P<input>(?P<root>body|query|headers|path|hook|request)
        \.(?P<name>[\w-]+(?:\.[\w-]+)*))
    (?: \s*\|\s* (?P<call>(?P<filter>[a-z_]+)
        (?: \( (?: (?P<count>0|[1-9][0-9]{0,8}) | '(?P<argument>[^']*)' ) \) )? ) )?
    (?: \s*\?\?\s* (?P<default>'[^']*') )?
    \s*(?P<optional>\??)\s*\}""",
    re.ASCII | re.VERBOSE,
)
"""What most templates are: one input, at most one filter with at most one argument, at most one
default that is text.
"""

Plain = tuple[str, ...]
"""The groups of PLAIN, empty where nothing is written."""


def plain(text: str) -> list[Plain] | None:
    """The expressions of a text without parsing them; None unless all of it is in the plain form.

    Whether their inputs and filters exist is not looked at.
    """
    if "$${" in text or len(text) > LONGEST:
        return None
    found: list[Plain] = PLAIN.findall(text)
    return found if len(found) == text.count("${") else None

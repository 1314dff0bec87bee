"""What a terminal can show."""

from __future__ import annotations

import os
import sys


def coloured() -> bool:
    """Whether the standard output takes colours: a terminal, unless NO_COLOR is set
    (no-color.org) or the terminal is dumb.
    """
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain

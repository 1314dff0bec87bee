"""How much the properties try: a part in the suite, all of it with `make fuzz`."""

from __future__ import annotations

import os

PART = 20
LEAST = 10
THOROUGH = bool(os.environ.get("THOROUGH"))


def cases(number: int) -> int:
    """So many cases of a property if THOROUGH is set, otherwise a part of them."""
    return number if THOROUGH else max(number // PART, LEAST)

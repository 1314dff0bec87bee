"""How this command was called, for lines that are typed next."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def program(elsewhere: bool = False) -> list[str]:
    """The words that call this command again; `elsewhere`, also from another directory."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return [sys.executable, "-m", "gateway"]
    if shutil.which("gateway") == str(called):
        return ["gateway"]
    return [str(called.absolute() if elsewhere else called)]

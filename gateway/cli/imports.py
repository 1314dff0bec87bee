"""Imports without what a long-lived process would hold and never use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(package: str) -> Iterator[None]:
    """Meanwhile a package that is optional to others is not found, as if it were not installed."""
    known = sys.modules.get(package)
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if known is None:
            del sys.modules[package]
        else:
            sys.modules[package] = known

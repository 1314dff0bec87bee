"""What many tests need: a workflow endpoint."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.workflow import Workflow

# How long an example takes says more of the machine than of the product. The suite tries the same
# examples each time, so a change fails for what it changed; `make fuzz` searches for new ones.
settings.register_profile("suite", deadline=None, derandomize=not os.environ.get("THOROUGH"))
settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: no collection of garbage needs to look at them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def workflow() -> Iterator[Workflow]:
    """A real workflow endpoint for the whole session."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()

"""What many tests need: a workflow endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.workflow import Workflow

# How long an example takes says more of the machine than of the product.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def workflow() -> Iterator[Workflow]:
    """A real workflow endpoint for the whole session."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()

"""What many tests need: a workflow endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.workflow import Workflow


@pytest.fixture(scope="session")
def workflow() -> Iterator[Workflow]:
    """A real workflow endpoint for the whole session."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()

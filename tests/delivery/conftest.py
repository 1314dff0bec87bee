from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery.site import accepted, delivering, sharing
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def workflow() -> Iterator[Workflow]:
    """A workflow endpoint."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, workflow: Workflow
) -> Iterator[Gateway]:
    """A gateway with the hooks of the site, one of each engine."""
    directory = tmp_path_factory.mktemp("delivery")
    opened = delivering if request.param == "sqlite" else sharing
    with opened(directory, workflow) as found:
        # The first connection to a database may take longer than a caller waits.
        accepted(found, "headers")
        yield found

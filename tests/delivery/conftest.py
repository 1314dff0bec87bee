from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery.site import delivering
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def workflow() -> Iterator[Workflow]:
    """A workflow endpoint."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """A gateway with the hooks of the site."""
    with delivering(tmp_path_factory.mktemp("delivery"), workflow) as found:
        yield found

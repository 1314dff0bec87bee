"""One gateway for the tests of the endpoints, and one for those of the commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.operate.runs.site import operated
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow


@pytest.fixture(scope="module", params=[True, False], ids=["own listener", "callers' listener"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, workflow: Workflow
) -> Iterator[Gateway]:
    """A gateway, its operators' paths on either listener."""
    directory = tmp_path_factory.mktemp("operated")
    with operated(directory, workflow, "--workers", "2", apart=request.param) as found:
        yield found

"""One server for all tests of serving, and a fresh memory of what its workflow received."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve import site
from tests.support.gateway import Gateway, gateway
from tests.support.workflow import Received, Workflow


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """A gateway that serves every hook of `site`."""
    with gateway(
        tmp_path_factory.mktemp("serve"),
        {"hooks.yaml": site.hooks(workflow.url)},
        secrets=site.SECRETS,
        environment=site.ENVIRONMENT,
    ) as running:
        yield running


LIMITS = {
    "in_flight": 3,
    "header_timeout": 1.0,
    "idle_timeout": 1.0,
    "body_timeout": 2.0,
    "body_grace": 0.5,
    "body_rate": 1024,
    "discard_timeout": 0.3,
}
LIMITED = """
name: open
method: POST
authentication: none
workflow: URL/run/open
---
name: gate
method: POST
authentication: none
workflow: URL/gate
"""


@pytest.fixture(scope="package")
def limited(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """A gateway with limits that are soon reached."""
    hooks = {"hooks.yaml": LIMITED.replace("URL", workflow.url)}
    with gateway(tmp_path_factory.mktemp("limited"), hooks, limits=LIMITS) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    """What the workflow received in this test."""
    workflow.received.clear()
    return workflow.received

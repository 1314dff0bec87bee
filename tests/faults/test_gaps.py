"""What ends between two steps is done by the next one that starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery.site import delivering
from tests.faults import gaps
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gaps.Site]:
    """A gateway whose processes end."""
    directory = tmp_path_factory.mktemp("gaps")
    workflow = Workflow().start()
    with delivering(directory, workflow, text=gaps.hooks(workflow)) as running:
        yield gaps.Site(directory, running, workflow)
    workflow.stop()


def test_a_run_whose_commit_was_not_acknowledged_is_there_once(site: gaps.Site) -> None:
    gaps.acknowledgement(site)


def test_a_run_whose_success_was_not_reported_is_delivered_again(site: gaps.Site) -> None:
    gaps.answer(site)


def test_a_result_that_was_not_acknowledged_counts(site: gaps.Site) -> None:
    gaps.report(site)

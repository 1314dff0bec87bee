"""Whatever the disk does, nothing is promised that is not kept, and direct hooks are served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import disks
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def workflow() -> Iterator[Workflow]:
    """A workflow endpoint."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()


def test_a_disk_that_fails_or_is_slow_loses_nothing(tmp_path: Path, workflow: Workflow) -> None:
    with disks.site(tmp_path, workflow) as site:
        disks.failing(site, tmp_path / "trace")
        disks.slow(site, tmp_path / "trace", seconds=0.2, callers=5)


def test_a_full_disk_refuses_runs_and_keeps_results(tmp_path: Path, workflow: Workflow) -> None:
    with disks.site(tmp_path, workflow, disks.small) as site:
        disks.full_disk(site)


def test_a_disk_that_is_read_only_now_is_used_again_once_it_can_be_written(
    tmp_path: Path, workflow: Workflow
) -> None:
    disk = disks.Disk(tmp_path / "image")
    with disks.site(tmp_path, workflow, disk) as site:
        disks.read_only(site, disk)

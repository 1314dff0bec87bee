"""The budget for bodies fits what the container has, or the start says what to change."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from gateway.processes.cgroup import WITHOUT_LIMIT, default_body_memory, memory_limit
from gateway.processes.keeper import keeper_of
from gateway.processes.memory import too_much
from gateway.runs.run import Policies
from gateway.settings import MIB, Settings

GROUPS = {
    "version 2": ("0::/a/b\n", {"a/memory.max": "1000\n", "a/b/memory.max": "max\n"}, 1000),
    "version 2 in a container": ("0::/\n", {"memory.max": "2000\n"}, 2000),
    "the least": ("0::/a\n", {"memory.max": "3000\n", "a/memory.max": "4000\n"}, 3000),
    "version 1": ("5:cpu,memory:/d\n", {"memory/d/memory.limit_in_bytes": "5000\n"}, 5000),
    "version 1 in a container": ("5:memory:/d\n", {"memory/memory.limit_in_bytes": "6\n"}, 6),
    "version 1 without": (
        "5:memory:/\n",
        {"memory/memory.limit_in_bytes": f"{2**63 - 4096}"},
        None,
    ),
    "no limit": ("0::/a\n", {"a/memory.max": "max\n"}, None),
    "another group": ("0::/../b\n", {"a/memory.max": "7\n"}, None),
    "nonsense": ("nonsense\n", {"memory.max": "many\n"}, None),
}


@pytest.mark.parametrize(("groups", "files", "limit"), GROUPS.values(), ids=GROUPS)
def test_the_limit_is_that_of_the_control_groups(
    tmp_path: Path, groups: str, files: dict[str, str], limit: int | None
) -> None:
    (tmp_path / "groups").write_text(groups)
    for name, text in files.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(text)
    assert memory_limit(tmp_path / "root", tmp_path / "groups") == limit


def test_elsewhere_there_is_no_limit(tmp_path: Path) -> None:
    assert memory_limit(tmp_path / "root", tmp_path / "groups") is None


def settings(workers: int, body_memory: int) -> Settings:
    return Settings(hooks=Path("hooks.d"), workers=workers, body_memory=body_memory)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_default_fits_a_container_with_room_for_its_processes(workers: int) -> None:
    limit = 512 * MIB * workers
    given = settings(workers, default_body_memory(limit, workers))
    assert too_much(given, limit, store=True) == ""
    assert default_body_memory(None, workers) == WITHOUT_LIMIT


def test_a_budget_that_does_not_fit_is_told_with_what_would() -> None:
    remedy = too_much(settings(1, 500 * MIB), 512 * MIB)
    assert remedy == (
        "set --body-memory to 372MiB or less, or raise the container's limit of memory to 640 MiB"
    )
    assert too_much(settings(1, 372 * MIB), 512 * MIB) == ""
    assert too_much(settings(4, 8 * MIB), 128 * MIB).startswith("raise")


def test_a_process_for_runs_is_counted() -> None:
    given = settings(1, 372 * MIB)
    assert too_much(given, 512 * MIB, store=True) == (
        "set --body-memory to 260MiB or less, or raise the container's limit of memory to 624 MiB"
    )


def test_the_store_says_so_before_it_begins(tmp_path: Path) -> None:
    given = msgspec.structs.replace(settings(1, 8 * MIB), state=tmp_path / "state")
    keeper = keeper_of(given)
    assert keeper is not None
    told: list[bool] = []
    keeper.begins = lambda: told.append(keeper.process == 0)
    keeper.follow(Policies(1, {}))
    assert told == []
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "runs.db").touch()
    try:
        keeper.follow(Policies(1, {}))
    finally:
        keeper.stop(10)
    assert told == [True]

"""A store that has as many runs as it may refuses others, loses none, and takes runs again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.delivery.ledger import all_delivered
from tests.delivery.site import delivering, hook
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

MOST = 5
FULL = "urn:webhook-gateway:store-full"


def test_beyond_a_limit_callers_are_told_to_come_back_and_nothing_is_dropped(
    tmp_path: Path, workflow: Workflow
) -> None:
    """The hook's own limit, and then that of the store."""
    workflow.gate.clear()
    workflow.received.clear()
    text = "---\n".join(
        hook(name, f"{workflow.url}/gate", delivery=f"concurrency: 2, limit: {limit}")
        for name, limit in (("small", MOST), ("large", 1000))
    )
    flags = ("--store-runs", str(2 * MOST))
    with delivering(tmp_path, workflow, *flags, text=text) as running:
        runs: dict[str, int] = {}
        for name in ("small", "large"):
            asked = [running.request("POST", f"/hooks/{name}") for _ in range(MOST + 3)]
            assert [one.status_code for one in asked] == [202] * MOST + [503] * 3
            assert {one.json()["type"] for one in asked[MOST:]} == {FULL}
            assert {one.headers["retry-after"] for one in asked[MOST:]} == {"5"}
            runs |= {one.json()["run"]: number for number, one in enumerate(asked[:MOST])}
        workflow.gate.set()
        assert set(all_delivered(workflow, "/gate", runs).values()) == {1}
        for name in ("small", "large"):
            until(partial(is_taken, running, name))


def is_taken(running: Gateway, name: str) -> bool:
    return running.request("POST", f"/hooks/{name}").status_code == 202

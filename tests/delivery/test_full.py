"""A store that has as many runs as it may refuses others, loses none, and takes runs again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.ledger import all_delivered
from tests.delivery.site import delivering, hook
from tests.support.polling import until
from tests.support.workflow import Workflow

MOST = 5


@pytest.mark.parametrize("what", ["the hook", "the store"])
def test_beyond_the_limit_callers_are_told_to_come_back_and_nothing_is_dropped(
    tmp_path: Path, workflow: Workflow, what: str
) -> None:
    workflow.gate.clear()
    workflow.received.clear()
    limit = f"limit: {MOST if what == 'the hook' else 1000}"
    flags = ("--store-runs", str(MOST)) if what == "the store" else ()
    text = hook("gate", f"{workflow.url}/gate", delivery=f"concurrency: 2, {limit}")
    with delivering(tmp_path, workflow, *flags, text=text) as running:
        answers = [running.request("POST", "/hooks/gate") for _ in range(MOST + 3)]
        assert [one.status_code for one in answers] == [202] * MOST + [503] * 3
        assert {one.json()["type"] for one in answers[MOST:]} == {"urn:webhook-gateway:store-full"}
        assert {one.headers["retry-after"] for one in answers[MOST:]} == {"5"}
        workflow.gate.set()
        runs = {one.json()["run"]: number for number, one in enumerate(answers[:MOST])}
        assert set(all_delivered(workflow, "/gate", runs).values()) == {1}
        until(lambda: running.request("POST", "/hooks/gate").status_code == 202)

"""Clocks that are set while a gateway runs, or between two: nothing is lost, and nothing storms."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from tests.delivery.site import delivering, hook, outcome
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

HOUR, DAY = 3600, 86_400
CLOCK = Path(__file__).with_name("clock")
LATER = 6
FAILS = b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
WORKS = b"HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n"


class Site:
    """A gateway that is started again and again, and its clock."""

    def __init__(self, directory: Path, workflow: Workflow) -> None:
        self._directory = directory
        self._workflow = workflow
        self._shift = directory / "shift"
        self.move(0)

    def move(self, seconds: int) -> None:
        """Set the clock to be so far ahead."""
        new = self._shift.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._shift)

    def start(self, later: str) -> AbstractContextManager[Gateway]:
        """With another path for the workflow of what is retried after an hour."""
        url, retry = self._workflow.url, "retry: {after: [" + ", ".join(["1s"] * 30) + "]}"
        text = "---\n".join(
            (
                hook("quick", f"{url}/run/quick"),
                hook("soon", f"{url}/keep/soon", delivery=retry),
                hook("later", f"{url}/{later}", delivery="concurrency: 2, retry: {after: [1h]}"),
            )
        )
        environment = {"PYTHONPATH": str(CLOCK), "MOVED_CLOCK": str(self._shift)}
        return delivering(self._directory, self._workflow, text=text, environment=environment)

    def calls(self, path: str) -> int:
        """How often the workflow was called there."""
        return sum(one.target == path for one in self._workflow.received)


def stored(running: Gateway, name: str) -> str:
    """Start a run; the URL of its outcome."""
    answer = running.request("POST", f"/hooks/{name}")
    assert answer.status_code == 202, answer.text
    return str(answer.json()["outcome"])


def states(running: Gateway, name: str) -> list[tuple[str, int]]:
    """State and attempts of a hook's runs."""
    listed = running.operate("GET", f"/-/runs?hook={name}", headers=ADMIN).json()["runs"]
    return [(run["state"], run["attempts"]) for run in listed]


def test_a_clock_that_is_set_moves_no_run_and_one_that_was_set_loses_none(tmp_path: Path) -> None:
    workflow = Workflow().start()
    site = Site(tmp_path, workflow)
    pending = [("queued", 1)] * LATER
    workflow.raws["soon"] = FAILS
    with site.start("status/500") as running:
        later = [stored(running, "later") for _ in range(LATER)]
        soon = stored(running, "soon")
        until(lambda: states(running, "later") == pending)
        for shift in (HOUR, DAY, -HOUR):
            site.move(shift)
            assert outcome(running, stored(running, "quick"))["status"] == "succeeded"
        workflow.raws["soon"] = WORKS
        assert outcome(running, soon)["status"] == "succeeded"
        assert states(running, "later") == pending

    # The clock was set back an hour: retries are late by as much, and what is new is not.
    with site.start("status/500") as running:
        assert outcome(running, stored(running, "quick"))["status"] == "succeeded"
        assert states(running, "later") == pending

    site.move(DAY)
    workflow.gate.clear()
    with site.start("gate") as running:
        until(lambda: site.calls("/gate") == 2)
        assert outcome(running, stored(running, "quick"))["status"] == "succeeded"
        assert site.calls("/gate") == 2
        workflow.gate.set()
        for path in later:
            assert outcome(running, path)["status"] == "succeeded"
        assert site.calls("/gate") == LATER
    workflow.stop()

"""Ends in the gaps between a commit, its acknowledgement and the workflow's answer."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.delivery.site import delivering, hook, outcome
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.strace import injected
from tests.support.workflow import Workflow

KEYED = 'deduplicate: {by: "${headers.X-Id}"}'
TRIES = 5
PATIENCE = 50


def hooks(workflow: Workflow) -> str:
    """A hook whose workflow answers at once, and one whose workflow waits for its gate."""
    return "---\n".join(
        (
            hook("quick", f"{workflow.url}/run/quick", KEYED),
            hook("gated", f"{workflow.url}/gate", KEYED),
        )
    )


class Site:
    """A gateway with one worker, its workflow and a place for traces."""

    def __init__(self, directory: Path, running: Gateway, workflow: Workflow) -> None:
        self.directory = directory
        self.running = running
        self.workflow = workflow
        self._ids = iter(range(1_000_000))

    @property
    def store(self) -> int:
        """The store's process."""
        return int((self.directory / "state" / "runs.lock").read_text().split()[0])

    def post(self, name: str, key: str) -> Any:
        """One request of a sender."""
        return self.running.request("POST", f"/hooks/{name}", headers={"X-Id": key})

    def promised(self, name: str, key: str) -> dict[str, Any]:
        """The answer to a request that is repeated until it is promised."""
        answers: list[Any] = []

        def asked() -> bool:
            answers.append(self.post(name, key))
            return bool(answers[-1].is_success)

        until(asked, PATIENCE)
        told: dict[str, Any] = answers[-1].json()
        return told

    def new_key(self) -> str:
        """A key that no request had."""
        return f"key {next(self._ids)}"

    def delivered(self) -> Counter[str]:
        """How often the workflow was called for each run."""
        return Counter(one.headers["idempotency-key"] for one in self.workflow.received)

    def delivered_once(self, run: str) -> bool:
        """Whether the workflow was called for a run, and not twice."""
        return self.delivered()[run] == 1

    def killed_at_its_next_word(self, act: Callable[[], Any]) -> tuple[Any, bool]:
        """Kill the store as it begins to tell a worker something; what `act` gave, and whether a
        commit came before.
        """
        log, store = self.directory / "trace", self.store
        with injected(store, "fdatasync,sendto", "sendto:signal=KILL", log):
            given = act()
            until(lambda: not Path(f"/proc/{store}").exists(), PATIENCE)
        until(lambda: self.store != store, PATIENCE)
        return given, "fdatasync(" in log.read_text()


def acknowledgement(site: Site) -> None:
    """The store ends between a commit and its acknowledgement: 503, and one run for the key."""
    for _ in range(TRIES):
        key = site.new_key()
        refused, stored = site.killed_at_its_next_word(partial(site.post, "quick", key))
        assert refused.status_code == 503, refused.text
        assert refused.headers["retry-after"] == "30"
        told = site.promised("quick", key)
        if stored:  # Otherwise its first word was a question to the worker.
            assert told["status"] == "duplicate", told
            break
    else:
        raise AssertionError("the store never wrote before it ended")
    assert outcome(site.running, told["outcome"])["status"] == "succeeded"
    assert site.delivered_once(told["run"])


def answer(site: Site) -> None:
    """A worker ends between the workflow's 200 and its report: the run is delivered again."""
    workflow = site.workflow
    workflow.gate.clear()
    told = site.promised("gated", site.new_key())
    until(partial(site.delivered_once, told["run"]), PATIENCE)
    [worker] = site.running.workers()
    os.kill(worker, signal.SIGSTOP)
    workflow.gate.set()
    until(lambda: unread(workflow.port), PATIENCE)
    os.kill(worker, signal.SIGKILL)
    assert outcome_after_restart(site, told["outcome"])["status"] == "succeeded"
    calls = [one for one in workflow.received if one.headers["idempotency-key"] == told["run"]]
    assert [one.headers["gateway-attempt"] for one in calls] == ["1", "2"]


def report(site: Site) -> None:
    """The store ends between the commit of a result and its acknowledgement: it is not lost."""
    workflow = site.workflow
    for _ in range(TRIES):
        workflow.gate.clear()
        told = site.promised("gated", site.new_key())
        until(partial(site.delivered_once, told["run"]), PATIENCE)
        _, stored = site.killed_at_its_next_word(workflow.gate.set)
        assert outcome_after_restart(site, told["outcome"])["status"] == "succeeded"
        assert site.delivered_once(told["run"])
        if stored:
            return
    raise AssertionError("the store never wrote before it ended")


def outcome_after_restart(site: Site, path: str) -> dict[str, Any]:
    """What became of a run, as soon as somebody can be asked."""
    found: list[dict[str, Any]] = []

    def told() -> bool:
        try:
            found.append(outcome(site.running, path))
        except AssertionError:
            return False
        return True

    until(told, PATIENCE)
    return found[-1]


def unread(port: int) -> bool:
    """Whether somebody has an answer from this port that he has not read."""
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(
        int(peer.rpartition(":")[2], 16) == port and int(queues.partition(":")[2], 16)
        for _, _, peer, _, queues, *_ in lines
    )


def full(directory: Path) -> tuple[bool, list[str]]:
    """Each gap twenty times."""
    done: Counter[str] = Counter()
    workflow = Workflow().start()
    try:
        for number in range(4):
            place = directory / str(number)
            with delivering(place, workflow, text=hooks(workflow)) as running:
                site = Site(place, running, workflow)
                for _ in range(5):
                    for gap in (acknowledgement, answer, report):
                        gap(site)
                        done[gap.__name__] += 1
    finally:
        workflow.stop()
    return True, [f"ends before {gap} {count}: none lost" for gap, count in done.items()]

"""What templates read of a request is what it was, whichever process delivers its run."""

from __future__ import annotations

from pathlib import Path

from tests.delivery.site import delivering, hook, outcome
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

READ = (
    "id: '${request.id}', at: '${request.received}', method: '${request.method}', "
    "by: '${sender.address}', run: '${run.id}'"
)


def hooks(url: str) -> str:
    """One that fails, and one that knows requests again."""
    by_id = 'deduplicate: {by: "${headers.X-Id}"}'
    return "---\n".join(
        (
            hook("mapped", f"{{url: {url}/status/422, data: {{{READ}}}}}"),
            hook("once", f"{url}/run/once", by_id, response=f"{{body: {{{READ}}}}}"),
        )
    )


def test_what_was_accepted_before_a_restart_is_sent_and_told_after_it(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    text = hooks(workflow.url)
    with delivering(tmp_path, workflow, text=text) as before:
        accepted = before.request("POST", "/hooks/mapped", json={}, headers={"X-Request-Id": "one"})
        assert outcome(before, accepted.headers["location"])["status"] == "dead"
        first = once(before, "one")
    with delivering(tmp_path, workflow, text=text) as after:
        path = f"/-/runs/{accepted.json()['run']}/replay"
        until(lambda: after.operate("POST", path, headers=ADMIN, json={}).status_code == 200)
        until(lambda: len(sent(workflow)) == 2)
        second = once(after, "two")
    assert sent(workflow)[0] == sent(workflow)[1]
    given = sent(workflow)[0]
    assert (given["id"], given["run"]) == ("one", accepted.json()["run"])
    assert first["run"] == second["run"], "a repeated request is answered about the first run"
    assert (first["id"], second["id"]) == ("one", "two")


def once(running: Gateway, name: str) -> dict[str, str]:
    """The answer to one request that is repeated."""
    headers = {"X-Request-Id": name, "X-Id": "same"}
    found: dict[str, str] = running.request("POST", "/hooks/once", json={}, headers=headers).json()
    return found


def sent(workflow: Workflow) -> list[dict[str, str]]:
    """What the workflow that fails was given, each time."""
    return [one.json() for one in list(workflow.received) if one.target == "/status/422"]

"""A direct hook whose workflow's server is down answers at once; hooks of other servers go on."""

from __future__ import annotations

from pathlib import Path

from tests.support.gateway import gateway
from tests.support.ports import free_port
from tests.support.workflow import Workflow

HOOK = "name: {name}\nmethod: POST\nauthentication: none\nworkflow: {url}\n"


def test_a_server_that_is_down_is_answered_503_at_once(tmp_path: Path, workflow: Workflow) -> None:
    down = f"http://127.0.0.1:{free_port()}/run/x"
    text = "---\n".join(
        (
            HOOK.format(name="down", url=down),
            HOOK.format(name="beside", url=down),
            HOOK.format(name="up", url=f"{workflow.url}/run/up"),
            HOOK.format(name="poison", url=f"{workflow.url}/status/500"),
        )
    )
    with gateway(tmp_path, {"a.yaml": text}) as running:
        asked = [running.request("POST", "/hooks/down") for _ in range(12)]
        assert [answer.status_code for answer in asked] == [502] * 10 + [503] * 2
        assert 1 <= int(asked[-1].headers["retry-after"]) <= 6
        assert asked[-1].json()["type"] == "urn:webhook-gateway:unavailable"
        assert running.request("POST", "/hooks/beside").status_code == 503
        poisoned = {running.request("POST", "/hooks/poison").status_code for _ in range(12)}
        assert poisoned == {502}
        assert running.request("POST", "/hooks/up").status_code == 200
        line = running.wait_for_line(event="a workflow's server is left alone")
        assert line["target"] == down.removesuffix("/run/x")

"""The image, really built and run without rights: `make image-test` builds it and calls this."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.container import IMAGE, Container, container, inspect, podman, wait_for
from tests.support.workflow import Workflow

pytestmark = pytest.mark.skipif(not IMAGE, reason="`make image-test` builds the image")

TOKEN = {"Authorization": "Bearer s3cret-of-paris"}
ADMIN = {"Authorization": "Bearer for-the-operator-of-the-container"}
SECRETS = {
    "paris-token": "s3cret-of-paris\n",
    "admin-token": "for-the-operator-of-the-container\n",
}


def hook(workflow: Workflow, city: str = "Paris", path: str = "/run/orders") -> str:
    """A hook that takes orders of one city, from callers with the token."""
    return f"""\
name: orders
method: POST
authentication: {{type: bearer, tokens: [{{secret: paris-token}}]}}
match: {{body: {{CityName: {city}}}}}
workflow: {workflow.url}{path}
"""


@pytest.fixture(scope="module")
def running(workflow: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """One container for the tests of this module."""
    hooks = {"orders.yaml": hook(workflow)}
    with container(tmp_path_factory.mktemp("running"), hooks, SECRETS) as started:
        yield started


def order(running: Container, city: str, headers: dict[str, str] = TOKEN) -> httpx.Response:
    """Place an order."""
    return running.request("POST", "/hooks/orders", json={"CityName": city}, headers=headers)


def test_the_image_says_who_it_is_and_how_it_is_checked() -> None:
    image = inspect("image", IMAGE)
    config = image["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["gateway"]
    assert image["Healthcheck"]["Test"][0] == "CMD"
    labels = {name.rsplit(".", 1)[1] for name in config["Labels"] if "opencontainers" in name}
    assert labels >= {"title", "description", "licenses", "version", "revision"}


def test_it_runs_as_a_user_without_any_capability(running: Container) -> None:
    status = running.process()
    assert set(status["Uid"].split()) == {"10001"}
    assert {status[f"Cap{kind}"] for kind in ("Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_only_its_state_can_be_written(running: Container) -> None:
    places = ("/", "/tmp", "/opt/gateway", "/etc/gateway/hooks.d", "/var/lib/gateway")  # noqa: S108
    code = f"import os; print([place for place in {places} if os.access(place, os.W_OK)])"
    assert running.python(code).strip() == "['/var/lib/gateway']"


def test_what_built_it_is_not_in_it(running: Container) -> None:
    tools = ("cc", "gcc", "c++", "make", "uv", "git", "curl")
    code = f"import shutil; print([tool for tool in {tools} if shutil.which(tool)])"
    assert running.python(code).strip() == "[]"
    caches = ("/root/.cache", "/src", "/dist", "/opt/uv", "/opt/build")
    code = f"import os; print([place for place in {caches} if os.path.exists(place)])"
    assert running.python(code).strip() == "[]"


def test_its_own_health_check_passes(running: Container) -> None:
    assert podman("healthcheck", "run", running.name).returncode == 0


def test_only_the_right_webhook_starts_the_workflow(running: Container, workflow: Workflow) -> None:
    before = len(workflow.received)
    assert order(running, "Paris", headers={}).status_code == 401
    assert order(running, "Rome").status_code == 422
    assert len(workflow.received) == before
    answer = order(running, "Paris")
    assert (answer.status_code, answer.json()["received"]) == (200, {"CityName": "Paris"})
    assert len(workflow.received) == before + 1


def test_a_hook_changes_with_its_volume_and_a_broken_one_does_not(
    running: Container, workflow: Workflow
) -> None:
    running.hooks.write({"orders.yaml": hook(workflow, city="Rome")})
    wait_for(lambda: order(running, "Rome").status_code == 200, running.log)
    assert order(running, "Paris").status_code == 422

    running.hooks.write({"orders.yaml": "name: orders\nmethod: [", "more.yaml": hook(workflow)})
    running.hooks.write({"orders.yaml": "name: orders\nmethod: ["})
    wait_for(lambda: running.operate("/-/readyz").json()["stale"] == 1, running.log)
    assert order(running, "Rome").status_code == 200

    running.hooks.write({"orders.yaml": hook(workflow)})
    wait_for(lambda: order(running, "Paris").status_code == 200, running.log)
    status = running.operate("/-/status", headers=ADMIN)
    assert [(one["name"], one["state"]) for one in status.json()["hooks"]] == [
        ("orders", "serving")
    ]


def test_a_rotated_secret_is_in_force_without_a_restart(running: Container) -> None:
    running.secrets.write(SECRETS | {"paris-token": "the-new-one"})
    new = {"Authorization": "Bearer the-new-one"}
    wait_for(lambda: order(running, "Paris", new).status_code == 200, running.log)
    assert order(running, "Paris").status_code == 401
    running.secrets.write(SECRETS)
    wait_for(lambda: order(running, "Paris").status_code == 200, running.log)


def test_sigterm_lets_a_request_finish_and_ends_with_0(workflow: Workflow, tmp_path: Path) -> None:
    hooks = {"orders.yaml": hook(workflow, path="/gate")}
    with container(tmp_path, hooks, SECRETS) as running:
        answers: list[httpx.Response] = []
        caller = threading.Thread(target=lambda: answers.append(order(running, "Paris")))
        before = len(workflow.received)
        caller.start()
        wait_for(lambda: len(workflow.received) > before, running.log)
        podman("kill", "--signal", "TERM", running.name)
        wait_for(lambda: not running.is_ready(), running.log)
        workflow.gate.set()
        caller.join()
        assert answers[0].json() == {"gate": "open"}
        podman("wait", running.name)
        assert inspect("container", running.name)["State"]["ExitCode"] == 0, running.log()

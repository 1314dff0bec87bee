"""With --store-key nothing of a request or an answer can be read where runs are stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from tests.delivery.site import accepted, delivering, hook, outcome, sharing
from tests.runs.postgres.databases import connected, fresh
from tests.runs.test_sealing import identity, line
from tests.support.command import run as command
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.postgres import PASSWORD, server
from tests.support.workflow import Workflow

CANARY = "what-only-the-workflow-may-read"


class Place(Protocol):
    """Where runs are kept, be it that no gateway is there."""

    directory: Path

    def gateway(
        self, workflow: Workflow, *keys: str, later: str = ...
    ) -> AbstractContextManager[Gateway]:
        """One that keeps its runs here."""

    def flags(self) -> list[str]:
        """With which the commands about runs find it."""

    def holds(self, text: str) -> bool:
        """Whether a text is anywhere in it."""


class Directory:
    """A state directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @contextmanager
    def gateway(
        self, workflow: Workflow, *keys: str, later: str = "/status/503"
    ) -> Iterator[Gateway]:
        with delivering(self.directory, workflow, **given(workflow, keys, later)) as running:
            yield running

    def flags(self) -> list[str]:
        return [
            *("--secrets", str(self.directory / "secrets")),
            *("--state-dir", str(self.directory / "state")),
        ]

    def holds(self, text: str) -> bool:
        files = [path for path in (self.directory / "state").iterdir() if path.is_file()]
        return any(text.encode() in path.read_bytes() for path in files)


class Shared:
    """A database."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = asyncio.run(fresh())

    @contextmanager
    def gateway(
        self, workflow: Workflow, *keys: str, later: str = "/status/503"
    ) -> Iterator[Gateway]:
        more = given(workflow, keys, later)
        more["secrets"]["database"] = PASSWORD
        with sharing(self.directory, workflow, url=server().url(self.name), **more) as running:
            yield running

    def flags(self) -> list[str]:
        return [
            *("--secrets", str(self.directory / "secrets")),
            *("--store", server().url(self.name), "--store-password", "database"),
        ]

    def holds(self, text: str) -> bool:
        async def found() -> bool:
            admin = await connected(server(), self.name)
            try:
                rows = await admin.fetch(
                    "SELECT invocation FROM gateway.payload UNION ALL"
                    " SELECT answer FROM gateway.outputs"
                )
                assert rows
                return any(text.encode() in row[0] for row in rows)
            finally:
                await admin.close()

        return asyncio.run(found())


def given(workflow: Workflow, keys: tuple[str, ...], later: str) -> dict[str, Any]:
    """What a gateway is started with; the flag only where there are keys."""
    secrets = {"sealing": "\n".join(keys)} if keys else {}
    named = {"GATEWAY_STORE_KEY": "sealing"} if keys else {}
    return {"text": text(workflow, later), "secrets": secrets, "environment": named}


def text(workflow: Workflow, later: str) -> str:
    """The hooks; `later` is where one of them delivers to."""
    url = workflow.url
    often = f"retry: {{after: [{', '.join(['1s'] * 20)}]}}"
    return "---\n".join(
        (
            hook("echo", f"{url}/run/echo", response="outputs"),
            hook("later", f"{url}{later}", delivery=often),
            f"name: direct\nmethod: POST\nauthentication: none\nworkflow: {url}/run/direct\n",
        )
    )


@pytest.fixture(params=[Directory, Shared])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    made: Place = request.param(tmp_path)
    return made


@pytest.fixture
def directory(tmp_path: Path) -> Place:
    """For what workers do with keys, wherever runs are stored."""
    return Directory(tmp_path)


def asked(running: Gateway, name: str) -> httpx.Response:
    return running.request("POST", f"/hooks/{name}", json={"word": CANARY})


def run_of(running: Gateway, name: str) -> str:
    return str(accepted(running, name, json={"word": CANARY}).json()["run"])


def told(running: Gateway, run: str) -> dict[str, Any]:
    """What operators are told of a run."""
    found: dict[str, Any] = running.operate("GET", f"/-/runs/{run}", headers=ADMIN).json()
    return found


def problem(running: Gateway) -> str:
    """Why the durable hooks are out of service."""
    hooks = running.operate("GET", "/-/status", headers=ADMIN).json()["hooks"]
    return " ".join(one for hook in hooks for one in hook.get("problems", []))


def shown(place: Place, run: str, *more: str) -> tuple[int, str]:
    """What the command says of a run, payload included, while no gateway is there."""
    done = command("runs", "show", run, "--payload", "--format", "json", *more, *place.flags())
    return done.returncode, done.stdout or done.stderr


def test_requests_and_answers_are_sealed_and_reach_who_they_are_for(
    place: Place, workflow: Workflow
) -> None:
    with place.gateway(workflow, line("one")) as running:
        known = outcome(
            running, accepted(running, "echo", json={"word": CANARY}).headers["location"]
        )
        assert (known["status"], CANARY in json.dumps(known["outputs"])) == ("succeeded", True)
        run = run_of(running, "later")
        payload = running.operate("GET", f"/-/runs/{run}/payload", headers=ADMIN).json()
        assert json.loads(payload["body"]) == {"word": CANARY}
        until(lambda: told(running, run)["attempts"] > 1)
        assert CANARY not in running.output()
    assert not place.holds(CANARY)
    status, text = shown(place, run, "--store-key", "sealing")
    assert (status, CANARY in text) == (0, True)
    status, text = shown(place, run)
    assert (status, f"encrypted with key {identity('one')}" in text) == (1, True)


def test_runs_and_answers_from_before_a_rotation_are_there_after_it(
    directory: Place, workflow: Workflow
) -> None:
    with directory.gateway(workflow, line("old")) as running:
        run = run_of(running, "later")
        path = accepted(running, "echo", json={"word": CANARY}).headers["location"]
        before = outcome(running, path)
    with directory.gateway(workflow, line("new"), line("old"), later="/run/later") as running:
        until(lambda: told(running, run)["state"] == "succeeded")
        assert outcome(running, path)["outputs"] == before["outputs"]
        # With the last key that sealed alone, a gateway starts.
        run_of(running, "echo")
    with directory.gateway(workflow, line("new")) as running:
        run_of(running, "echo")
        assert outcome(running, path)["outputs_omitted"] is True


def test_a_start_without_the_key_of_what_is_stored_touches_no_run(
    directory: Place, workflow: Workflow
) -> None:
    with directory.gateway(workflow, line("one")) as running:
        run = run_of(running, "later")
        until(lambda: told(running, run)["attempts"] == 1)
    with directory.gateway(workflow) as running:
        until(lambda: identity("one") in problem(running))
        assert [asked(running, name).status_code for name in ("echo", "direct")] == [503, 200]
    with directory.gateway(workflow, line("one"), later="/run/later") as running:
        until(lambda: told(running, run)["state"] == "succeeded")


def test_in_a_database_too_runs_wait_until_their_key_is_there_or_lost(
    tmp_path: Path, workflow: Workflow
) -> None:
    place = Shared(tmp_path)
    with place.gateway(workflow, line("one")) as running:
        run = run_of(running, "later")
        until(lambda: told(running, run)["attempts"] == 1)
    with place.gateway(workflow, line("other")) as running:
        until(lambda: identity("one") in problem(running))
        assert [asked(running, name).status_code for name in ("echo", "direct")] == [503, 200]
        (tmp_path / "hooks.d" / "hooks.yaml").write_text(text(workflow, "/run/later"))
        (tmp_path / "secrets" / "sealing").write_text(f"{line('other')}\n{line('one')}\n")
        until(lambda: told(running, run)["state"] == "succeeded")
    with place.gateway(workflow, line("other"), f"lost {identity('one')}") as running:
        run_of(running, "echo")


@pytest.fixture(scope="module", params=[Directory, Shared])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Where a gateway keeps its runs while its keys change."""
    made: Place = request.param(tmp_path_factory.mktemp("kept"))
    return made


@pytest.fixture(scope="module")
def running(kept: Place, workflow: Workflow) -> Iterator[Gateway]:
    with kept.gateway(workflow, line("one")) as found:
        yield found


@pytest.fixture
def secret(kept: Place, running: Gateway, workflow: Workflow) -> Iterator[Path]:
    """The file of its keys, which are as they were after each test."""
    path = kept.directory / "secrets" / "sealing"
    yield path
    (kept.directory / "hooks.d" / "hooks.yaml").write_text(text(workflow, "/status/503"))
    path.write_text(line("one"))
    running.operate("POST", "/-/reload", headers=ADMIN)
    until(lambda: asked(running, "echo").status_code == 202)


def test_a_key_that_is_missing_for_a_time_costs_neither_runs_nor_attempts(
    kept: Place, running: Gateway, secret: Path, workflow: Workflow
) -> None:
    run = run_of(running, "later")
    secret.write_text(line("two"))
    until(lambda: identity("one") in told(running, run)["reason"])
    assert told(running, run)["state"] == "queued"
    assert told(running, run)["attempt_list"][-1]["outcome"] == "held"
    (kept.directory / "hooks.d" / "hooks.yaml").write_text(text(workflow, "/run/later"))
    secret.write_text(f"{line('two')}\n{line('one')}\n")
    until(lambda: told(running, run)["state"] == "succeeded")


def test_keys_that_cannot_be_used_take_durable_hooks_out_of_service_until_they_can(
    running: Gateway, secret: Path
) -> None:
    secret.write_text(f"{line('one')}\nhunter2hunter2")
    until(lambda: asked(running, "echo").status_code == 503)
    assert "line 2 is not a key in base64" in problem(running)
    assert asked(running, "direct").status_code == 200
    assert "hunter2" not in problem(running) + running.output()
    secret.write_text(line("one"))
    until(lambda: asked(running, "echo").status_code == 202)


def test_a_key_that_is_lost_ends_its_runs(kept: Place, running: Gateway) -> None:
    """The last test of this gateway: a key that was lost is not found again."""
    run = run_of(running, "later")
    secret = kept.directory / "secrets" / "sealing"
    secret.write_text(f"{line('two')}\nlost {identity('one')}")
    until(lambda: told(running, run)["state"] == "dead")
    assert told(running, run)["reason"].endswith("which is lost")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "secret 'sealing' is missing; write its value into"),
        ("", "secret 'sealing' is empty"),
        ("hunter2hunter2", "line 1 is not a key in base64; to make one, run: openssl rand"),
    ],
)
def test_a_gateway_does_not_start_with_keys_that_seal_nothing(
    tmp_path: Path, value: str | None, said: str
) -> None:
    (tmp_path / "hooks.d").mkdir()
    if value is not None:
        (tmp_path / "sealing").write_text(value)
    flags = ("--state", str(tmp_path), "--secrets", str(tmp_path), "--store-key", "sealing")
    done = command("serve", str(tmp_path / "hooks.d"), *flags)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert "hunter2" not in done.stderr

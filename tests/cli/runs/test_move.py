"""`gateway runs move` says what it does, and what has to be done first."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from pathlib import Path

import asyncpg
import pytest

from tests.delivery.site import delivering, hook, outcome, sharing
from tests.operate.runs.site import shown
from tests.runs.postgres.databases import connected, run, value
from tests.runs.transfer.filled import fill
from tests.runs.transfer.test_moving import a_database
from tests.support.command import COMMAND, within
from tests.support.command import run as command
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.postgres import PASSWORD, server
from tests.support.workflow import Workflow


@pytest.fixture
def database(tmp_path: Path) -> list[str]:
    """A new database as an argument, with what opens it."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "database").write_text(PASSWORD)
    url = server().url(asyncio.run(a_database()))
    return [url, "--secrets", str(tmp_path / "keys"), "--to-password", "database"]


def hooks(url: str, later: str) -> str:
    """`later` is where one of them delivers to."""
    by_id = 'deduplicate: {by: "${headers.X-Id}"}'
    # No attempt is the last one before the runs are moved, however long that takes.
    often = ", ".join(["1s"] * 15 + ["2s"] * 15)
    in_order = f'order: {{by: "${{headers.X-Lane}}"}}, retry: {{after: [{often}]}}'
    return "---\n".join(
        (
            hook("echo", f"{url}/run/echo", by_id, response="outputs"),
            hook("later", f"{url}{later}", delivery=in_order),
            hook("dead", f"{url}/status/422"),
        )
    )


def accepted(running: Gateway, name: str, **headers: str) -> dict[str, str]:
    """What the caller of a stored request is told."""
    answer = running.request("POST", f"/hooks/{name}", json={}, headers=headers)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, str] = answer.json()
    return found


def test_runs_go_on_in_a_database_and_their_gateway_refuses_the_directory(
    tmp_path: Path, workflow: Workflow, database: list[str]
) -> None:
    text = hooks(workflow.url, "/status/503")
    one = {"X-Id": "one"}
    with delivering(tmp_path, workflow, text=text) as running:
        known = accepted(running, "echo", **one)
        before = outcome(running, known["outcome"])
        lane = [accepted(running, "later", **{"X-Lane": "a"})["run"] for _ in range(3)]
        dead = accepted(running, "dead")["run"]
        until(lambda: shown(running, dead)["state"] == "dead")
        refused = within("runs", "move", str(tmp_path / "state"), *database)
        assert (refused.returncode, "is used by another gateway" in refused.stderr) == (1, True)
    dry = within("runs", "move", str(tmp_path / "state"), *database, "--dry-run")
    assert dry.stdout.startswith("5 runs would be moved to postgres://")
    done = command("runs", "move", str(tmp_path / "state"), *database)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"5 runs moved; start the gateway with --store {database[0]}\n"
    written = hooks(workflow.url, "/run/later")
    with sharing(tmp_path / "two", workflow, text=written, url=database[0]) as running:
        assert outcome(running, known["outcome"]) == before
        assert accepted(running, "echo", **one)["status"] == "duplicate"
        until(lambda: all(shown(running, run)["state"] == "succeeded" for run in lane))
        assert shown(running, dead)["attempt_list"][0]["status_code"] == 422
    delivered = [one for one in workflow.received if one.target == "/run/later"]
    assert [one.headers["idempotency-key"] for one in delivered] == lane
    with delivering(tmp_path, workflow, text=text) as running:
        line = running.wait_for_line(event="durable hooks are out of service")
        assert "were moved to postgres://" in line["reason"]
        assert running.request("POST", "/hooks/echo", json={}).status_code == 503


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    state, target, name = fill(tmp_path / "state", 3), tmp_path / "target", "never_used"
    asyncio.run(run(server(), "postgres", f"CREATE DATABASE {name}"))
    password = tmp_path / "secrets" / "database"
    password.parent.mkdir()
    password.write_text(PASSWORD)
    flags = ("--to-password", "database", "--secrets", str(password.parent))
    for arguments in ((str(target),), (server().url(name), *flags)):
        dry = command("runs", "move", str(state), *arguments, "--dry-run")
        assert dry.stdout.startswith("3 runs would be moved to "), dry.stderr
    assert not target.exists()
    made = "SELECT to_regnamespace('gateway')"
    assert asyncio.run(value(server(), name, made)) is None


MISUSES: list[tuple[tuple[str, ...], int, str]] = [
    (("/nowhere", "{target}"), 1, "there is no file runs.db"),
    (("{state}", "postgres://gateway:hunter2@db/runs"), 2, "name that with --to-password"),
    (("postgres://gateway:hunter2@db/runs", "{target}"), 2, "name that with --from-password"),
    (("{state}", "postgres://127.0.0.1:1/runs"), 1, "cannot be reached"),
    (("{state}", "postgres://db/runs", "--to-password", "x"), 2, "--to-password names a"),
    (("{state}", "{target}", "--to-password", "x"), 2, "is a directory"),
    (("{state}", "{target}", "--dry-run", "--abandon"), 2, "exclude each other"),
    (("{state}", "{target}", "--abandon"), 1, "there is no move from"),
    (("{state}", "{state}"), 1, "is used by another gateway"),
    (("{state}",), 2, "Missing argument 'TO'"),
]


def test_what_cannot_be_moved_is_left_alone_and_says_why(tmp_path: Path) -> None:
    state, target = fill(tmp_path / "state", 3), tmp_path / "target"
    for arguments, status, said in MISUSES:
        given = [one.format(state=state, target=target) for one in arguments]
        done = within("runs", "move", *given)
        assert (done.returncode, done.stdout) == (status, "")
        assert said in done.stderr
        assert "hunter2" not in done.stderr
    moved = within("runs", "move", str(state), str(tmp_path / "other"))
    assert moved.stdout.startswith("3 runs moved; start the gateway with --state ")


def test_ctrl_c_says_how_to_go_on_and_the_move_goes_on(tmp_path: Path, database: list[str]) -> None:
    state = fill(tmp_path / "state", 20_000)
    arguments = ["runs", "move", str(state), *database]
    moving = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(lambda: asyncio.run(_copied(database[0])))
    moving.send_signal(signal.SIGINT)
    out, said = moving.communicate(timeout=30)
    assert (moving.returncode, out) == (130, ""), said
    assert "to go on, run the same command again; to give it up, add --abandon" in said
    listed = command("runs", "list", "--state-dir", str(state))
    assert (listed.returncode, "has not ended" in listed.stderr) == (2, True)
    given_up = within("runs", *arguments[1:], "--abandon")
    assert (given_up.returncode, "has its runs as before" in given_up.stdout) == (0, True)
    done = command("runs", *arguments[1:])
    assert done.stdout.startswith("20000 runs moved")


async def _copied(url: str) -> bool:
    """Whether the move has begun to copy."""
    admin = await connected(server(), url.rpartition("/")[2])
    try:
        return bool(await admin.fetchval("SELECT EXISTS (SELECT FROM gateway.run)"))
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await admin.close()

"""`gateway runs --store` needs no gateway: the database of all is asked itself."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.site import LATE, hook, sharing
from tests.operate.runs.site import accepted
from tests.runs.postgres.databases import connected, fresh, run, value
from tests.support.command import listing, within
from tests.support.command import run as command
from tests.support.postgres import PASSWORD, server
from tests.support.workflow import Workflow

NOBODY = "0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("secrets")
    (directory / "database").write_text(PASSWORD)
    (directory / "wrong").write_text("hunter2")
    return directory


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> tuple[str, str, str]:
    """A database whose gateways have ended, with a dead run and a queued one."""
    url = server().url(asyncio.run(fresh()))
    text = "---\n".join(
        (
            hook("dead", f"{workflow.url}/status/422"),
            hook("late", f"{workflow.url}/status/503", delivery=LATE),
        )
    )
    with sharing(tmp_path_factory.mktemp("left"), workflow, text=text, url=url) as running:
        dead, late = accepted(running, "dead", "dead"), accepted(running, "late", "queued")
    return url, dead, late


def flags(secrets: Path, url: str, password: str = "database") -> tuple[str, ...]:
    return ("--secrets", str(secrets), "--store", url, "--store-password", password)


def test_runs_are_listed_shown_and_cancelled_while_no_gateway_is_there(
    left: tuple[str, str, str], secrets: Path
) -> None:
    url, dead, late = left
    where = flags(secrets, url)
    listed = command("runs", "list", *where)
    assert listed.returncode == 0, listed.stderr
    assert {line.split("\t")[0] for line in listed.stdout.splitlines()} == {dead, late}
    shown = within("runs", "show", dead, "--payload", *where)
    assert 'body:\n{"name":"dead"}' in shown.stdout
    assert within("runs", "cancel", late, *where).stdout == f"{late} is cancelled\n"
    many = within("runs", "cancel", "--hook", "dead", "--state", "dead", "--yes", *where)
    assert many.stdout == "1 run cancelled\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("show", NOBODY), 1, "No run has this id"),
        (("replay", NOBODY), 2, "start it, then replay"),
        (("backup", "/tmp/copy"), 1, "pg_dump"),  # noqa: S108 - nothing is written
        (("list", "--state-dir", "x"), 2, "--state-dir and --store exclude each other"),
        (("list", "--url", "http://a:1"), 2, "--url and --store exclude each other"),
    ],
)
def test_what_cannot_be_done_says_why(
    left: tuple[str, str, str], secrets: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = within("runs", *arguments, *flags(secrets, left[0]))
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr


def test_a_database_that_cannot_be_used_is_told_with_the_remedy(
    left: tuple[str, str, str], secrets: Path
) -> None:
    def said(url: str, password: str = "database") -> str:
        done = within("runs", "list", *flags(secrets, url, password))
        assert (done.returncode, done.stdout) == (2, "")
        assert "hunter2" not in done.stderr
        return done.stderr

    assert "--store-password" in said(left[0], "wrong")
    assert "missing" in said(left[0], "nothing")
    assert "cannot be reached" in said("postgres://127.0.0.1:1/runs")
    assert "keep it as a secret" in said("postgres://gateway:hunter2@db/runs")
    assert "--state-dir" in said("sqlite")


def test_nothing_is_made_in_a_database_without_runs(secrets: Path) -> None:
    async def prepared() -> None:
        await run(server(), "postgres", "DROP DATABASE IF EXISTS other", "CREATE DATABASE other")

    async def schemas() -> int:
        admin = await connected(server(), "other")
        found = await admin.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname='gateway'")
        await admin.close()
        return int(found)

    asyncio.run(prepared())
    done = within("runs", "list", *flags(secrets, server().url("other")))
    assert (done.returncode, "has no stored runs" in done.stderr) == (2, True)
    assert asyncio.run(schemas()) == 0


COPIES = """INSERT INTO gateway.run(id, hook, state, accepted, give_up, gate, size)
    SELECT gen_random_uuid(), hook, 6, accepted, give_up, gate, size
    FROM gateway.run, generate_series(1, 3000) WHERE id=$1"""
WAITING = "SELECT count(*) FROM pg_locks WHERE relation='gateway.run'::regclass AND NOT granted"


def test_ctrl_c_ends_a_list_while_the_database_does_not_answer(
    left: tuple[str, str, str], secrets: Path
) -> None:
    url, dead, _ = left
    database = url.rpartition("/")[2]

    async def interrupted(admin: Any) -> tuple[int, str]:
        with listing("--limit", "5000", *flags(secrets, url)) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline()
            # More than a pipe holds: what was not written yet was not read, either.
            async with admin.transaction():
                await admin.execute("LOCK TABLE gateway.run")
                reading = asyncio.ensure_future(asyncio.to_thread(process.stdout.read))
                while not await value(server(), database, WAITING):
                    pass  # each look is a connection of its own
                process.send_signal(signal.SIGINT)
                status = await asyncio.to_thread(process.wait, 30)
            await reading
            return status, process.stderr.read()

    async def tried() -> tuple[int, str]:
        admin = await connected(server(), database)
        try:
            await admin.execute(COPIES, dead)
            return await interrupted(admin)
        finally:
            await admin.close()

    assert asyncio.run(tried()) == (130, "\n")

"""A network that is cut between gateways and their database: nothing that was promised is lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.delivery.ledger import all_delivered
from tests.delivery.site import accepted, sharing
from tests.delivery.test_faults import answers, text
from tests.delivery.test_shared import calling, costs_503s_alone
from tests.runs.postgres.databases import Template, fresh, run
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.postgres import PASSWORD, Server, server, unprivileged
from tests.support.proxy import Proxy
from tests.support.workflow import Workflow

ROOM = 40 * 1024 * 1024
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    """To the server that tests share."""
    made = Proxy(server().port)
    yield made
    made.close()


def url(proxy: Proxy, database: str) -> str:
    return server().url(database).replace(f":{server().port}/", f":{proxy.port}/")


@pytest.fixture(scope="module")
def database() -> str:
    return asyncio.run(fresh())


@pytest.fixture(scope="module")
def one(
    tmp_path_factory: pytest.TempPathFactory, workflow: Workflow, proxy: Proxy, database: str
) -> Iterator[Gateway]:
    """The gateway that is cut off from time to time."""
    directory, there = tmp_path_factory.mktemp("one"), url(proxy, database)
    with sharing(directory, workflow, text=text(workflow), url=there) as running:
        yield running


@pytest.mark.parametrize("kind", ["lose", "refuse"])
def test_a_cut_costs_503s_and_no_run(
    workflow: Workflow, proxy: Proxy, one: Gateway, kind: str
) -> None:
    costs_503s_alone(one, workflow, getattr(proxy, kind), proxy.mend)


def test_the_runs_of_a_gateway_that_is_cut_off_are_delivered_by_another_one(
    tmp_path: Path, workflow: Workflow, proxy: Proxy, one: Gateway, database: str
) -> None:
    direct = server().url(database)
    with sharing(tmp_path, workflow, text=text(workflow), url=direct) as two:
        with calling(one, "/hooks/durable") as first, calling(two, "/hooks/durable") as second:
            first.until(50)
            second.until(50)
            proxy.lose()
            until(lambda: first.refused[503] > 0)
            second.until(50)
        promised = {**first.promised, **second.promised}
        all_delivered(workflow, "/run/durable", promised)
        proxy.mend()


def _fill(path: Path) -> None:
    """Take all the room that there is."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def _on(at: Server, database: str, statement: str) -> None:
    asyncio.run(run(at, database, statement))


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk that the server may write to."""
    place = Path(tempfile.mkdtemp(prefix="disk"))
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", place], check=False
        ).returncode
    ):
        pytest.skip("nothing can be mounted here")
    if user := unprivileged():
        os.chown(place, user["user"], user["group"])
    yield place
    subprocess.run(["umount", "-l", place], check=False)
    place.rmdir()


def test_a_disk_without_room_costs_503s_until_there_is_room(
    tmp_path: Path, workflow: Workflow, disk: Path
) -> None:
    own = Server().start()
    try:
        _on(own, "postgres", f"CREATE TABLESPACE small LOCATION '{disk}'")
        database = asyncio.run(Template().copy(own))
        _on(own, "postgres", f"ALTER DATABASE {database} SET TABLESPACE small")
        with sharing(tmp_path / "gateway", workflow, text=text(workflow),
                     url=own.url(database)) as running:  # fmt: skip
            accepted(running, "durable")
            filler = disk / "filler"
            _fill(filler)
            body = os.urandom(200_000)

            def stored() -> int:
                return running.request("POST", "/hooks/durable", content=body).status_code

            until(lambda: stored() == 503)
            assert answers(running, "direct") == 200
            filler.unlink()
            until(lambda: stored() == 202)
            assert PASSWORD not in running.output()
    finally:
        own.close()

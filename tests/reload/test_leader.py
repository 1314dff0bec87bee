"""What the leader says of generations: they serve when workers have them, and not before."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator, MutableMapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from structlog.testing import capture_logs

from gateway.operate.endpoints import Endpoints
from gateway.operate.metrics.store_numbers import StoreNumbers
from gateway.operate.metrics.totals import Totals
from gateway.operate.store_access import StoreAccess
from gateway.processes.view import LeaderView
from gateway.reload.leader import Leader
from gateway.reload.loading import Loader
from gateway.reload.messages import (
    Board,
    Listening,
    ReloadRequest,
    Report,
    Resolved,
    Serving,
    Unwell,
)
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.reload.hooks import hook
from tests.support.exchanges import an_exchange
from tests.support.gateway import write_files
from tests.support.polling import until

Line = MutableMapping[str, Any]
T = TypeVar("T")
TOKEN = b"t" * 32


class Led:
    """A leader on a directory with two workers that the test plays."""

    def __init__(self, directory: Path) -> None:
        self.root = write_files(directory / "hooks.d", {"a.yaml": hook("a"), "b.yaml": hook("b")})
        self.settings = Settings(hooks=self.root)
        self.leader = Leader(self.settings, Loader(self.settings))
        pipes = [Pipe() for _ in range(2)]
        for worker, (ours, _) in enumerate(pipes):
            self.leader.link(worker, ours)
        self.workers: list[Connection[Any, Any]] = [theirs for _, theirs in pipes]
        self.leader.start()

    def hears(self, worker: int, kind: type[T], number: int) -> T:
        """The next message of a kind to a worker that is about a generation."""
        while self.workers[worker].poll(20):
            message = self.workers[worker].recv()
            board: Any = message.board if isinstance(message, Report) else message
            of = getattr(board, "number", getattr(board, "generation", 0))
            if isinstance(message, kind) and of == number:
                return message
        raise AssertionError(f"no {kind.__name__} of generation {number}")

    def says(
        self, worker: int, number: int, serves: int, problem: str = "", *unwell: Unwell
    ) -> None:
        """A worker says what came of a generation, and what is out of service."""
        self.workers[worker].send(Serving(100 + worker, number, serves, problem, unwell))

    def agree(self, number: int) -> None:
        """Both workers take over a generation."""
        for worker in range(2):
            self.hears(worker, Resolved, number)
            self.says(worker, number, number)
        self.board(lambda board: all(one.generation == number for one in board.workers))

    def board(self, wanted: Any) -> Board:
        """The first board that is wanted, as the first worker is told."""
        while self.workers[0].poll(20):
            message = self.workers[0].recv()
            if isinstance(message, Board) and wanted(message):
                return message
        raise AssertionError("no such board")


@pytest.fixture
def lines() -> Iterator[list[Line]]:
    with capture_logs() as found:
        yield found


@pytest.fixture
def led(tmp_path: Path, lines: list[Line]) -> Iterator[Led]:
    found = Led(tmp_path)
    yield found
    found.leader.stop()


def events(lines: list[Line], event: str) -> list[Line]:
    return [line for line in lines if line["event"] == event]


def answered(endpoints: Endpoints, method: str, path: str) -> tuple[int, Any]:
    exchange = an_exchange()
    exchange.method, exchange.path = method, path
    exchange.fields = {b"authorization": b"Bearer " + TOKEN}
    found = asyncio.run(endpoints(exchange))
    return found.status, json.loads(found.body)


def operated(led: Led) -> tuple[LeaderView, Endpoints]:
    """What operators ask of this leader."""
    store = StoreNumbers(StoreAccess(led.settings, str), int)
    view = LeaderView(led.leader, Totals(), store)
    token = hashlib.sha256(TOKEN).hexdigest()
    settings = msgspec.structs.replace(led.settings, admin_token_sha256=token)
    return view, Endpoints(Runtime(settings), view, private=True)


def test_it_is_ready_when_every_worker_that_accepts_connections_has_its_hooks(led: Led) -> None:
    endpoints = operated(led)[1]

    def ready() -> Any:
        status, body = answered(endpoints, "GET", "/-/readyz")
        return status, body["status"]

    led.hears(0, Resolved, 1)
    led.says(0, 1, 1)
    led.board(lambda board: board.workers[0].generation == 1)
    assert ready() == (503, "starting")
    led.workers[0].send(Listening())
    led.board(lambda board: board.workers[0].listens)
    assert ready() == (200, "ready")
    led.workers[1].send(Listening())
    led.board(lambda board: board.workers[1].listens)
    assert ready() == (503, "starting")
    led.says(1, 1, 1)
    led.board(lambda board: board.workers[1].generation == 1)
    assert ready() == (200, "ready")
    ours, _ = Pipe()
    led.leader.link(1, ours)
    led.board(lambda board: not board.workers[1].listens)
    assert ready() == (200, "ready")


def test_a_generation_that_a_worker_rejects_is_told_wherever_state_is_told(
    led: Led, lines: list[Line]
) -> None:
    led.agree(1)
    until(lambda: events(lines, "generation is served"))
    (led.root / "a.yaml").write_text(hook("a", more="description: changed\n"))
    led.workers[0].send(ReloadRequest(7))
    led.hears(0, Resolved, 2)
    led.hears(1, Resolved, 2)
    led.says(0, 2, 2)
    led.says(1, 2, 1, "generation 2 was rejected: a mistake")
    report = led.hears(0, Report, 2)

    assert [one.worker for one in report.board.rejecting] == [1]
    assert any("generation 2 is not served" in one for one in report.board.problems)
    until(lambda: events(lines, "generation is not served"))
    (told,) = events(lines, "generation is not served")
    assert (told["log_level"], told["generation"], told["workers"]) == ("error", 2, [1])
    assert len(events(lines, "generation is served")) == 1

    view, endpoints = operated(led)
    assert answered(endpoints, "GET", "/-/readyz")[0] == 503
    assert "gateway_last_reload_successful 0.0" in view.expose("")[0].decode()
    status, body = answered(endpoints, "GET", "/-/status")
    assert status == 200
    assert any("generation 2 is not served" in one for one in body["problems"])


def test_a_generation_that_is_being_built_is_not_rejected(led: Led) -> None:
    led.agree(1)
    (led.root / "a.yaml").write_text(hook("a", more="description: changed\n"))
    led.leader.wake()
    led.hears(0, Resolved, 2)
    led.says(0, 2, 2)
    board = led.board(lambda board: board.generation == 2 and board.workers[0].generation == 2)
    assert board.workers[1].generation == 1
    assert board.rejecting == ()


def test_a_generation_serves_when_all_workers_have_it(led: Led, lines: list[Line]) -> None:
    for worker in range(2):
        led.hears(worker, Resolved, 1)
    led.says(0, 1, 1)
    led.board(lambda board: board.workers[0].generation == 1)
    assert not events(lines, "generation is served")
    led.says(1, 1, 1)
    until(lambda: events(lines, "generation is served"))


def test_a_hook_that_goes_out_of_service_or_comes_back_is_told_once_for_all_workers(
    led: Led, lines: list[Line]
) -> None:
    remedy = "write its value into secrets/x"
    missing = Unwell("a", f"{led.root}/a.yaml", "secret 'x' is missing", remedy)
    for worker in range(2):
        led.hears(worker, Resolved, 1)
        led.says(worker, 1, 1, "", missing)
    until(lambda: events(lines, "hook is out of service"))
    (serves,) = events(lines, "generation is served")
    assert (serves["hooks"], serves["out_of_service"]) == (2, 1)
    led.says(0, 1, 1)
    led.says(1, 1, 1)
    until(lambda: events(lines, "hook is back in service"))
    (told,) = events(lines, "hook is out of service")
    assert (told["hook"], told["reason"]) == ("a", "secret 'x' is missing")
    assert told["hint"] == remedy
    assert len(events(lines, "hook is back in service")) == 1


def test_a_hook_that_becomes_stale_or_is_it_no_longer_is_told_with_its_file_and_why(
    led: Led, lines: list[Line]
) -> None:
    led.agree(1)
    file = led.root / "a.yaml"
    file.write_text(hook("a", more="metod: POST\n"))
    led.agree(2)
    until(lambda: events(lines, "hook is stale"))
    (told,) = events(lines, "hook is stale")
    assert (told["log_level"], told["hook"], told["file"]) == ("warning", "a", str(file))
    assert re.fullmatch(rf"{file}:\d+:1: .*'metod'.*", told["reason"])
    assert "'method'" in told["hint"]
    assert not events(lines, "hook is no longer stale")

    file.write_text(hook("a", more="description: sound\n"))
    led.agree(3)
    until(lambda: events(lines, "hook is no longer stale"))
    (told,) = events(lines, "hook is no longer stale")
    assert (told["log_level"], told["hook"], told["file"]) == ("info", "a", str(file))
    assert len(events(lines, "hook is stale")) == 1


def test_a_stale_hook_that_is_removed_is_told_as_removed_alone(led: Led, lines: list[Line]) -> None:
    led.agree(1)
    (led.root / "a.yaml").write_text("")
    led.agree(2)
    until(lambda: events(lines, "hook is stale"))
    (led.root / "a.yaml").unlink()
    led.agree(3)
    until(lambda: any(line["removed"] == ["a"] for line in events(lines, "generation is served")))
    assert not events(lines, "hook is no longer stale")


def test_the_last_hook_is_removed_the_way_the_log_says(led: Led, lines: list[Line]) -> None:
    led.agree(1)
    text = (led.root / "a.yaml").read_text()
    (led.root / "b.yaml").unlink()
    led.agree(2)
    (led.root / "a.yaml").unlink()
    until(lambda: [line for line in lines if "there is no hook" in line["event"]])
    (told,) = [line for line in lines if "there is no hook" in line["event"]]
    assert told["hint"].startswith("the previous hooks stay in service; to remove the last hook, ")
    assert "restore its file and write 'enabled: false'" in told["hint"]
    (led.root / "a.yaml").write_text(f"enabled: false\n{text}")
    led.agree(3)
    until(lambda: events(lines, "the hooks directory is usable again"))


def test_a_reload_tells_which_hooks_were_added_changed_and_removed(
    led: Led, lines: list[Line]
) -> None:
    led.agree(1)
    until(lambda: events(lines, "generation is served"))
    (led.root / "a.yaml").write_text(hook("a", more="description: changed\n"))
    (led.root / "b.yaml").unlink()
    many = "---\n".join(hook(f"new-{number:02}") for number in range(30))
    (led.root / "new.yaml").write_text(many)
    led.leader.wake()
    led.agree(2)
    until(lambda: len(events(lines, "generation is served")) == 2)
    first, second = events(lines, "generation is served")
    assert (first["added"], first["changed"], first["removed"]) == (["a", "b"], [], [])
    assert (second["changed"], second["removed"]) == (["a"], ["b"])
    assert second["added"][:2] == ["new-00", "new-01"]
    assert second["added"][20:] == ["and 10 more"]

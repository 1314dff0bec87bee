"""A file that is slow to read delays itself, and no other file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.language.diagnostic import Diagnostic
from gateway.language.internal import START
from gateway.language.outcome import Reading
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.reload.loading import Loader
from gateway.reload.reading_process import LARGE, ReadingProcess
from gateway.settings import Settings
from tests.reload.hooks import hook
from tests.reload.site import site
from tests.support.gateway import write_files
from tests.support.workflow import Workflow

COMMENT = f"# {'x' * LARGE}\n"
SLOW = "[" + "a," * 500_000 + "]"


_TOO_SLOW = Diagnostic(
    file="slow.yaml", place=START, severity="error", code="slow-file", message="too slow"
)


class Process:
    """A reading that ends when the test says so."""

    all: ClassVar[list[Process]] = []

    def __init__(self, source: Source, when_done: Callable[[], None]) -> None:
        self.source = source
        self.reading = read_source(source)
        self.done = threading.Event()
        self.failed = False
        self.cancelled = False
        self._when_done = when_done
        self.all.append(self)

    def cancel(self) -> None:
        self.cancelled = True

    def end(self) -> None:
        self.done.set()
        self._when_done()


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    monkeypatch.setattr("gateway.reload.readings.ReadingProcess", Process)
    Process.all.clear()
    return Process.all


def loader(root: Path) -> Loader:
    made = Loader(Settings(hooks=root), quiet=0.0)
    made.patience = 0.0
    return made


def served(one: Loader) -> dict[str, str]:
    assert one.current is not None
    return {hook.spec.name: hook.spec.description for hook in one.current.loaded.values()}


def large(name: str, description: str) -> str:
    return COMMENT + hook(name, more=f"description: {description}\n")


def test_a_slow_file_stays_as_it_was_until_it_is_read(
    tmp_path: Path, processes: list[Process]
) -> None:
    root = write_files(tmp_path, {"a.yaml": hook("a"), "slow.yaml": hook("slow")})
    one = loader(root)
    one.load()
    woken: list[int] = []
    one.readings.when_read = partial(woken.append, 1)
    (root / "slow.yaml").write_text(large("slow", "new"))
    (root / "a.yaml").write_text(hook("a", more="description: new\n"))
    assert one.load()
    assert served(one) == {"a": "new", "slow": ""}
    assert one.current is not None
    assert len(one.current.resolved.stale) == 1
    (told,) = one.current.resolved.diagnostics
    assert (told.code, told.severity) == ("slow-file", "warning")
    assert not one.load()
    (process,) = processes
    process.end()
    assert woken
    assert one.load()
    assert served(one) == {"a": "new", "slow": "new"}
    assert one.current.resolved.diagnostics == ()
    assert not one.load()


def test_a_file_that_was_given_up_is_read_again_when_a_reload_is_asked_for(
    tmp_path: Path, processes: list[Process]
) -> None:
    root = write_files(tmp_path, {"a.yaml": hook("a"), "slow.yaml": large("slow", "new")})
    one = loader(root)
    one.load()
    (given_up,) = processes
    sound, given_up.reading = given_up.reading, Reading(diagnostics=(_TOO_SLOW,))
    given_up.failed = True
    given_up.end()
    assert one.load()
    assert served(one) == {"a": ""}
    assert not one.load()
    assert len(processes) == 1

    one.load(fresh=True)
    assert len(processes) == 2
    processes[1].reading = sound
    processes[1].end()
    assert one.load()
    assert served(one) == {"a": "", "slow": "new"}
    assert not one.load(fresh=True)
    assert len(processes) == 2


def test_a_slow_file_alone_is_waited_for_and_is_no_empty_directory(
    tmp_path: Path, processes: list[Process]
) -> None:
    one = loader(write_files(tmp_path, {"slow.yaml": large("slow", "first")}))
    assert not one.load()
    assert one.problem == ""
    processes[0].end()
    assert one.load()
    assert served(one) == {"slow": "first"}


def test_a_version_that_is_gone_is_read_no_further(
    tmp_path: Path, processes: list[Process]
) -> None:
    root = write_files(tmp_path, {"a.yaml": hook("a"), "slow.yaml": large("slow", "first")})
    one = loader(root)
    one.load()
    (root / "slow.yaml").write_text(large("slow", "second"))
    one.load()
    (root / "slow.yaml").write_text(hook("slow", more="description: third\n"))
    assert one.load()
    assert [process.cancelled for process in processes] == [True, True]
    assert served(one)["slow"] == "third"
    assert not one.load()


def test_with_patience_a_slow_file_is_waited_for(tmp_path: Path) -> None:
    one = loader(write_files(tmp_path, {"slow.yaml": large("slow", "first")}))
    one.patience = None
    assert one.load()
    assert served(one) == {"slow": "first"}


def read_apart(data: bytes) -> Reading:
    told: list[int] = []
    process = ReadingProcess(Source("a.yaml", data), partial(told.append, 1))
    assert process.done.wait(60)
    return process.reading


def test_reading_in_a_process_gives_what_reading_gives() -> None:
    data = f"{large('a', 'b')}---\nname: NO\n".encode()
    assert read_apart(data) == read_source(Source("a.yaml", data))


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.reload.reading_process.LONGEST", 0.0)
    (found,) = read_apart(SLOW.encode()).diagnostics
    assert (found.code, found.severity) == ("slow-file", "error")
    assert found.hint == "put the hooks into several files, or try again with a reload"


def test_a_process_that_dies_is_a_finding_of_its_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gateway.reload.reading_process.sys.executable", "/bin/false")
    (found,) = read_apart(b"name: a").diagnostics
    assert found.code == "internal"
    assert "reading ended with 1" in caplog.text


def test_other_files_go_live_while_one_is_read(tmp_path: Path, workflow: Workflow) -> None:
    with site(tmp_path, workflow, hooks={"a": "1", "slow": "1"}) as found:
        found.answers(a="1", slow="1")
        (found.root / "slow.yaml").write_text(SLOW)
        found.write("a", "2")
        found.answers(a="2", slow="1")
        found.write("slow", "2")
        found.answers(slow="2")
        assert found.client.get("/-/readyz").status_code == 200

"""One bad thing in a directory stays alone, in every process that looks at it."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.language.decode import decode
from gateway.language.read import read, read_source
from gateway.language.routes import shadowed
from gateway.language.source import Source
from gateway.language.yaml12 import documents
from gateway.reload.claims import claims
from gateway.reload.loading import Loader
from gateway.settings import Settings
from tests.reload.directories import try_directories
from tests.reload.hooks import hook
from tests.reload.site import Site, site
from tests.reload.strays import TEXTS, put, strays
from tests.support.gateway import write_files
from tests.support.thorough import THOROUGH
from tests.support.workflow import Workflow

STRAYS = {f"stray-{number}.yaml": text for number, text in enumerate(TEXTS)}


@pytest.mark.parametrize("first", range(0, 20, 10))
def test_any_directory_serves_exactly_its_sound_hooks(first: int) -> None:
    try_directories(first, 10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("strays")
    write_files(directory / "hooks.d", STRAYS)
    arguments = ("--workers", "2", "--state", str(directory / "state"))
    with site(directory, workflow, *arguments, hooks={"a": "0", "b": "0"}) as found:
        yield found


def test_strays_at_a_cold_start_take_no_hook_away(served: Site) -> None:
    served.settled()
    served.answers(a="0", b="0")
    assert served.client.get("/-/readyz").status_code == 200
    for name in STRAYS:
        (served.root / name).unlink()


def test_with_any_strays_each_change_goes_live_and_what_is_removed_is_gone(served: Site) -> None:
    for seed in range(50 if THOROUGH else 10):
        found = strays(random.Random(seed))  # noqa: S311 - repeatable on purpose
        told = list(put(served.root, found))
        served.write("a", str(seed))
        name = f"only-{seed}"
        served.write(name, "1")
        (served.root / f"only-{seed - 1}.yaml").unlink(missing_ok=True)
        answer = served.reload()
        assert answer.status_code == 200, (told, answer.json())
        answers = [served.answer(one) for one in ("a", "b", name, f"only-{seed - 1}")]
        assert answers == [str(seed), "0", "1", "404"], told
        _remove(served.root, found)
    assert not [line for line in served.gateway.all_lines() if "Traceback" in str(line)]


def _remove(root: Path, found: Any) -> None:
    for name in found:
        path = root / name
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


def fails(*_arguments: object) -> Any:
    raise RuntimeError("a mistake of ours")


def test_a_hook_that_a_check_fails_on_is_told_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def decode_or_fail(document: Any, findings: Any) -> Any:
        return fails() if document.value.get("name") == "bad" else decode(document, findings)

    monkeypatch.setattr("gateway.language.read.decode", decode_or_fail)
    found = read_source(Source("a.yaml", "---\n".join(map(hook, ("a", "bad", "b"))).encode()))
    assert [one.spec.name for one in found.hooks] == ["a", "b"]
    assert [one.name for one in found.broken] == [""]
    (told,) = found.diagnostics
    assert (told.code, told.severity, told.place.line) == ("internal", "error", 5)
    assert "RuntimeError" in told.message
    assert "a mistake of ours" not in told.message
    assert "Traceback" in caplog.text


def test_a_file_that_reading_fails_on_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def documents_or_fail(data: bytes, findings: Any) -> Any:
        return fails() if findings.file == "bad.yaml" else documents(data, findings)

    monkeypatch.setattr("gateway.language.read.documents", documents_or_fail)
    found = read([Source(f"{name}.yaml", hook(name).encode()) for name in ("a", "bad", "b")])
    assert [one.spec.name for one in found.hooks] == ["a", "b"]
    assert [(one.file, one.code) for one in found.diagnostics] == [("bad.yaml", "internal")]


def test_a_hook_that_cannot_be_compared_with_others_is_told_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def picky(hooks: Any) -> Any:
        return fails() if any(one.spec.name == "bad" for one in hooks) else shadowed(hooks)

    monkeypatch.setattr("gateway.language.together.shadowed", picky)
    found = read([Source(f"{name}.yaml", hook(name).encode()) for name in ("a", "bad", "b")])
    assert len(found.hooks) == 3
    told = [(one.file, one.code, one.hook) for one in found.diagnostics]
    assert told == [("bad.yaml", "internal", "bad")]


def test_a_file_that_nothing_can_be_decided_with_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = write_files(tmp_path, {f"{name}.yaml": hook(name) for name in ("a", "b", "c")})
    loader = Loader(Settings(hooks=root), quiet=0.0)
    loader.load()

    def picky(spec: Any) -> Any:
        return fails() if spec.description == "bad" else claims(spec)

    monkeypatch.setattr("gateway.reload.claims.claims", picky)
    for name in ("a", "b"):
        (root / f"{name}.yaml").write_text(hook(name, more="description: new\n"))
    (root / "b.yaml").write_text(hook("b", more="description: bad\n"))
    assert loader.load()
    assert loader.problem == ""
    assert loader.current is not None
    serving = loader.current.loaded.values()
    assert {one.spec.name: one.spec.description for one in serving} == {
        "a": "new",
        "b": "",
        "c": "",
    }
    assert [one.code for one in loader.current.resolved.diagnostics] == ["internal"]
    assert "Traceback" in caplog.text
    assert caplog.records[-1].levelno == logging.ERROR

"""A hook that a command fails on is told alone; the others are shown."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import access, new_secrets
from gateway.cli.plan_formats import FORMATS as PLANS
from gateway.compile import secret_forms
from gateway.plan.subjects import SUBJECTS
from tests.reload.hooks import hook
from tests.support.command import called
from tests.support.gateway import write_files
from tests.support.ports import free_port

PORT = str(free_port())
SECRETS = "authentication: {type: bearer, tokens: [{secret: missing}]}\n"


def failing_for_bad(function: Any) -> Any:
    """The function, which fails on the hook that is called `bad`."""

    def picky(first: Any, *rest: Any) -> Any:
        specs = first if isinstance(first, list) else [first]
        if any(spec.name == "bad" for spec in specs):
            raise RuntimeError("a mistake of ours")
        return function(first, *rest)

    return picky


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    text = {name: hook(name).replace("authentication: none\n", SECRETS) for name in ("a", "bad")}
    return write_files(tmp_path / "hooks.d", {f"{name}.yaml": one for name, one in text.items()})


def test_routes_lists_the_others(
    hooks: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("gateway.cli.routes.access", failing_for_bad(access.access))
    status, out, err = called(capsys, "routes", str(hooks))
    assert status == 1
    assert [line.rpartition("\t")[2] for line in out.splitlines()] == ["a"]
    assert "1 file has errors" in err
    assert "hook 'bad' cannot be listed" in caplog.text
    assert "Traceback" in caplog.text


def test_validate_judges_the_secrets_of_the_others(
    hooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gateway.cli.unresolved.form_of", failing_for_bad(secret_forms.form_of))
    status, out, _ = called(capsys, "validate", str(hooks), "--secrets", str(hooks.parent))
    assert status == 1
    assert re.search(r"/a\.yaml:\d+:\d+: error\[missing-secret\]", out)
    assert "bad.yaml:1:7: error[internal]: hook 'bad' has secrets that cannot be judged" in out
    assert "a mistake of ours" not in out


def test_dev_makes_the_secrets_of_the_others(
    hooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[Any] = []

    def start(settings: Any, sockets: list[socket.socket], _advise: Any) -> None:
        started.append(settings)
        for one in sockets:
            one.close()

    picky = failing_for_bad(new_secrets.make_secrets)
    monkeypatch.setattr("gateway.cli.dev.make_secrets", picky)
    monkeypatch.setattr("gateway.cli.dev.start", start)
    monkeypatch.setattr("gateway.cli.dev.lasts", failing_for_bad(lambda _hook: True))
    secrets = hooks.parent / "secrets"
    _, out, err = called(capsys, "dev", str(hooks), "--secrets", str(secrets), "--port", PORT)
    assert f"created {secrets}/missing" in err
    assert "  # a\n  curl " in out
    assert "# bad" not in out
    assert started


@pytest.mark.parametrize("form", PLANS)
@pytest.mark.parametrize("fails", ["subjects.rules.meaning", "plan.takeovers", "plan.needed"])
def test_plan_compares_the_others_and_fails(
    hooks: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
    form: str,
) -> None:
    def fail(*_arguments: Any) -> Any:
        raise RuntimeError("a mistake of ours")

    subject = SUBJECTS["match"]._replace(meaning=fail)
    if fails == "subjects.rules.meaning":
        monkeypatch.setitem(SUBJECTS, "match", subject)
    else:
        monkeypatch.setattr(sys.modules["gateway.plan.plan"], fails.rpartition(".")[2], fail)
    new = hooks.parent / "new"
    write_files(new, {"a.yaml": hook("a", more="description: changed\n")})
    status, out, _ = called(capsys, "plan", str(hooks), str(new), "--format", form)
    assert status == 1
    assert "cannot be compared: RuntimeError" in out
    assert "description" in out
    assert "a mistake of ours" not in out

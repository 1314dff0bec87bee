"""Ourselves: `gateway serve` with one hook, as an operator would start it."""

from __future__ import annotations

import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import revision
from benchmarks.needs import Need
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch, PeerError
from benchmarks.scenario import HOOK, Site
from gateway import __version__

COMMAND = Path(sys.executable).with_name("gateway")
HOOK_YAML = """\
name: {name}
description: The hook that is measured.
method: {method}
match:
  body:
    CityName: Paris
authentication:
  type: bearer
  tokens:
    - sha256: {sha256}
workflow: {workflow}
"""
PARTS = ("litestar", "httptools", "uvloop", "msgspec")
DOES = "token, JSON field, calls the workflow; logs every request"


def _not_installed() -> None:
    raise PeerError(f"there is no {COMMAND.name} beside {sys.executable}; run: uv sync")


def _launch(command: Path, workers: int, site: Site) -> Launch:
    hooks = site.workdir / "hooks.d"
    secrets = site.workdir / "secrets"
    hooks.mkdir()
    secrets.mkdir()
    text = HOOK_YAML.format(
        name=HOOK,
        method=site.scenario.method,
        sha256=site.scenario.token_sha256,
        workflow=site.workflow_url,
    )
    (hooks / f"{HOOK}.yaml").write_text(text)
    return Launch(_argv(command, workers, hooks, secrets, site.port))


def _argv(command: Path, workers: int, hooks: Path, secrets: Path, port: int) -> list[str]:
    return [
        *(str(command), "serve", str(hooks)),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--secrets", str(secrets), "--pre-drain", "0s"),
    ]


def _version() -> str:
    """With the commit and the parts that count, as far as they are installed."""
    commit = revision.described(revision.ROOT)
    parts = [f"{part} {found}" for part in PARTS if (found := _installed(part))]
    return f"{__version__} ({commit or 'no checkout'}) with {', '.join(parts)}"


def _installed(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return ""


def _of(key: str, name: str, workers: int) -> Peer:
    return Peer(
        key=key,
        name=name,
        does=f"{DOES}; {workers} worker{'s' * (workers > 1)}",
        need=Need("gateway", COMMAND.exists, _not_installed, "run: uv sync"),
        version=_version,
        launch=partial(_launch, COMMAND, workers),
        wrong_city=422,
    )


PEER = _of("gateway", "gateway", 1)
TWO = _of("gateway-2", "gateway, two workers", 2)


def against(name: str) -> Peer:
    """Another revision with one worker. Raises PeerError where git knows none of that name."""
    commit = revision.commit_of(name)
    command = revision.command_of(commit)
    return Peer(
        key="revision",
        name=f"gateway at {commit[:7]}",
        does=f"{DOES}; 1 worker",
        need=Need(f"revision {name}", command.exists, partial(revision.build, commit), ""),
        version=lambda: commit[:7],
        launch=partial(_launch, command, 1),
        wrong_city=422,
    )

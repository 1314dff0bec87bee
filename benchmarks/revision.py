"""Another revision of ourselves, built beside this one, so that both are measured in one run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.needs import find, run_installer
from benchmarks.processes import PeerError

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "benchmarks" / ".peers" / "revisions"


def commit_of(revision: str) -> str:
    """The full commit that a revision names. Raises PeerError where git knows none."""
    done = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if done.returncode != 0:
        raise PeerError(f"git knows no revision {revision!r}")
    return done.stdout.strip()


def command_of(commit: str) -> Path:
    """Where the command of a commit is, once it is built."""
    return BUILT / commit / ".venv" / "bin" / "gateway"


def build(commit: str) -> None:
    """Lay a commit out in a worktree of its own and install what it runs on, with this Python.

    Raises PeerError with the reason where that fails.
    """
    place = BUILT / commit
    if not place.exists():
        BUILT.mkdir(parents=True, exist_ok=True)
        done = _git("worktree", "add", "--force", "--detach", str(place), commit)
        if done.returncode != 0:
            raise PeerError(f"git worktree failed: {done.stderr.strip()[-200:]}")
    uv = find("uv") or str(ROOT / ".uv" / "bin" / "uv")
    environment = {
        "UV_COMPILE_BYTECODE": "1",
        "UV_PYTHON": os.environ.get("UV_PYTHON", sys.executable),
        "VIRTUAL_ENV": "",
    }
    sync = ["sync", "--frozen", "--no-dev", "--quiet", "--directory", str(place)]
    run_installer([uv, *sync], environment)


def described(root: Path) -> str:
    """The commit of a checkout, so that a figure can be traced; empty outside of one."""
    done = _git("describe", "--always", "--dirty", "--exclude", "*", cwd=root)
    return done.stdout.strip() if done.returncode == 0 else ""


def _git(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    git = find("git")
    if git is None:
        raise PeerError("git is not installed")
    return subprocess.run(
        [git, "-C", str(cwd), *arguments], capture_output=True, text=True, check=False
    )

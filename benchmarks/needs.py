"""What a run needs on the machine, and how it gets there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.processes import PeerError

SEARCH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


@dataclass(frozen=True)
class Need:
    """Something that is present or not; `install` raises `PeerError` with its reason."""

    what: str
    present: Callable[[], bool]
    install: Callable[[], None]
    hint: str

    def meet(self, may_install: bool) -> None:
        if self.present():
            return
        if not may_install:
            raise PeerError(f"{self.what} is not installed; {self.hint}")
        self.install()
        if not self.present():
            raise PeerError(f"{self.what} is still missing after its installation; {self.hint}")


def debian(binary: str, package: str) -> Need:
    """A binary of a Debian package, which only root can install."""
    hint = f"as root: apt-get install {package}"

    def install() -> None:
        if find("apt-get") is None or os.geteuid() != 0:
            raise PeerError(f"{binary} is not installed; {hint}")
        # Run level 1 keeps the package from starting a service of its own.
        silent = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        command = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        run_installer(command, silent)

    return Need(binary, lambda: find(binary) is not None, install, hint)


def run_installer(argv: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Runs `argv`; what it says last becomes the reason when it fails."""
    done = subprocess.run(
        argv,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise PeerError(f"{' '.join(argv[:2])} failed: {done.stderr.strip()[-200:]}")


def find(binary: str) -> str | None:
    return shutil.which(binary, path=SEARCH)


def require(binary: str) -> str:
    if (found := find(binary)) is None:
        raise PeerError(f"{binary} is not installed")
    return found


def first_line(*argv: str) -> str:
    """What a tool says first about its version; some say it on standard error."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    return next(iter((done.stdout or done.stderr).splitlines()), "unknown")


def version_of(*argv: str) -> str:
    """The first thing in a tool's first line that looks like a version, else all of it."""
    line = first_line(*argv)
    found = re.search(r"\d+(\.\d+)+[\w.+~-]*", line)
    return found[0] if found else line

"""What a figure depends on besides the code: the machine, its system, and the tools."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path


def describe(module: str) -> dict[str, str]:
    """The machine and its system, as label and text, in order; `module` is what was started."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": shlex.join(["python", "-m", module, *sys.argv[1:]]),
        "processor": f"{_cpuinfo('model name')}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{_meminfo() / 2**30:.1f} GiB",
        "system": f"{_os_release()}, Linux {platform.release()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "Python": platform.python_version(),
    }


def is_busy() -> bool:
    """Whether somebody else used more than a quarter of a core in the last minute."""
    return os.getloadavg()[0] > 0.25


def _cpuinfo(key: str) -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return platform.machine()


def _meminfo() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _os_release() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")

"""A git repository as people have one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

WITHOUT_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
_SETTINGS = ("user.name=a", "user.email=a@example", "protocol.file.allow=always")


class Repository:
    """A repository whose branch is `main`; nothing of the user's settings has a say in it."""

    def __init__(self, top: Path) -> None:
        self.top = top
        top.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, given: str = "") -> str:
        """Run git there with `given` as its input; what it writes."""
        settings = [part for one in _SETTINGS for part in ("-c", one)]
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=self.top,
            env={**os.environ, **WITHOUT_SETTINGS},
            capture_output=True,
            input=given,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self, files: Mapping[str, str]) -> None:
        """Write files, and commit all that is there."""
        for name, text in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "a change")

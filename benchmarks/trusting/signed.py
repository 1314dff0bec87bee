"""What verifying a signature over the body costs, beside comparing a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import load
from benchmarks.load import Round
from benchmarks.trusting.ground import ground

WARM_UP = 2


@dataclass
class Signed:
    """Rounds in turn of the hook with a token and of the one with a signature."""

    bearer: list[Round] = field(default_factory=list)
    github: list[Round] = field(default_factory=list)


def measure(workdir: Path, rounds: int, seconds: int) -> Signed:
    """Load both hooks in turn, `seconds` each, with the same request."""
    found = Signed()
    with ground(workdir) as place:
        bearer, github = (
            load.prepare(one, _made(workdir / one.path[7:]), threads=1)
            for one in (place.bearer, place.github)
        )
        for wrk in (bearer, github):
            wrk.run(place.port, WARM_UP)
        for _ in range(rounds):
            found.bearer.append(bearer.run(place.port, seconds))
            found.github.append(github.run(place.port, seconds))
    return found


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory

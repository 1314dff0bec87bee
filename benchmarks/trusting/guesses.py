"""What somebody who guesses passwords costs those who know theirs."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import load
from benchmarks.load import DONE, MARK, Round
from benchmarks.needs import require
from benchmarks.processes import PeerError, inherited_environment
from benchmarks.trusting.ground import USER, Ground, ground

RATE = 500
"""Guesses a second, at least."""
PAUSE_MS = 40
"""Between an answer and the next guess on a connection."""
WARM_UP = 2
HEAD_START = 1.0
GUESSES = 4096
MANY = 10_000
"""Addresses of a guesser who has many."""

SCRIPT = """\
wrk.method = 'POST'
wrk.body = '{{}}'
wrk.headers['Content-Type'] = 'application/json'
local guesses = {{{guesses}}}
local turn = 0
request = function()
  turn = turn % #guesses + 1
  wrk.headers['Authorization'] = 'Basic ' .. guesses[turn]
  wrk.headers['X-Forwarded-For'] = {address}
  return wrk.format()
end
delay = function() return {pause} end
{done}"""


@dataclass(frozen=True)
class Guesser:
    """Where guesses come from, in Lua, and over how many connections: enough for `RATE`, beside
    those that wait for a hash.
    """

    address: str
    connections: int


GUESSERS = {
    "one address": Guesser("'203.0.113.7'", 32),
    f"{MANY:,} addresses": Guesser(
        f"string.format('198.18.%d.%d', turn % {MANY // 250}, turn % 250)", 72
    ),
}


@dataclass
class Guesses:
    """Rounds of callers who know the password: alone, and beside a guesser of each kind."""

    calm: list[Round] = field(default_factory=list)
    guessed: dict[str, list[Round]] = field(default_factory=lambda: {kind: [] for kind in GUESSERS})
    rates: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in GUESSERS})


def measure(workdir: Path, rounds: int, seconds: int, seed: int) -> Guesses:
    """Load the hook with its password, in turn alone and beside each guesser."""
    found = Guesses()
    with ground(workdir) as place:
        wrk = load.prepare(place.basic, workdir, threads=1)
        wrk.run(place.port, WARM_UP)
        scripts = {kind: _script(workdir, kind, seed) for kind in GUESSERS}
        for _ in range(rounds):
            found.calm.append(wrk.run(place.port, seconds))
            for kind, guesser in GUESSERS.items():
                command = _command(place, guesser, scripts[kind], seconds)
                with _guessing(command, found.rates[kind]):
                    found.guessed[kind].append(wrk.run(place.port, seconds))
    return found


def _script(workdir: Path, kind: str, seed: int) -> Path:
    chance = random.Random(seed)  # noqa: S311 - a benchmark that can be repeated
    guesses = [
        b64encode(f"{USER}:{chance.getrandbits(64):x}".encode()).decode() for _ in range(GUESSES)
    ]
    path = workdir / f"{kind.split()[0]}.lua"
    quoted = ", ".join(f"'{guess}'" for guess in guesses)
    path.write_text(
        SCRIPT.format(guesses=quoted, address=GUESSERS[kind].address, pause=PAUSE_MS, done=DONE)
    )
    return path


def _command(place: Ground, guesser: Guesser, script: Path, seconds: int) -> list[str]:
    return [
        *(require("wrk"), "-t", "1", "-c", str(guesser.connections), "-d", f"{seconds + 60}s"),
        *("--timeout", "60s", "-s", str(script)),
        f"http://127.0.0.1:{place.port}{place.basic.path}",
    ]


@contextmanager
def _guessing(command: list[str], rates: list[float]) -> Iterator[None]:
    """Guesses while the block runs; raises PeerError for a guess that opened the hook."""
    with subprocess.Popen(
        command, env=inherited_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            time.sleep(HEAD_START)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=30)
    counted = json.loads(output.rpartition(MARK)[2])
    if counted["requests"] != counted["status"]:
        raise PeerError("a wrong password opened the hook")
    rates.append(counted["requests"] / counted["duration"] * 1e6)

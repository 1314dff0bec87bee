"""wrk, told by a generated script what to send and to answer with JSON."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.needs import debian, require
from benchmarks.processes import PeerError, inherited_environment
from benchmarks.scenario import Scenario

NEED = debian("wrk", "wrk")
MARK = "WRK "
DONE = (
    "done = function(summary, latency)\n"
    "  local e = summary.errors\n"
    f"  io.write(string.format('\\n{MARK}"
    '{"requests":%d,"duration":%d,"p50":%d,"p99":%d,"max":%d,"status":%d,"socket":%d}\\n\',\n'
    "    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),\n"
    "    latency.max, e.status, e.connect + e.read + e.write + e.timeout))\n"
    "end\n"
)


@dataclass(frozen=True)
class Round:
    """One stretch of load. Latencies are in milliseconds; `cpu` in seconds of the peer's."""

    requests: int
    seconds: float
    p50: float
    p99: float
    slowest: float
    bad_status: int
    socket_errors: int
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def errors(self) -> int:
        return self.bad_status + self.socket_errors


@dataclass(frozen=True)
class Load:
    """What wrk is to do, but for the place and the time."""

    scenario: Scenario
    script: Path
    threads: int = 1

    def run(self, port: int, seconds: float) -> Round:
        """Loads `port` for `seconds` (whole ones, at least 1)."""
        argv = [
            require("wrk"),
            *("-t", str(self.threads)),
            *("-c", str(self.scenario.connections)),
            *("-d", f"{max(1, round(seconds))}s"),
            *("--timeout", "10s"),
            *("-s", str(self.script)),
            f"http://127.0.0.1:{port}{self.scenario.path}",
        ]
        return _round(_output(argv, deadline=seconds + 30))


def prepare(scenario: Scenario, workdir: Path, threads: int) -> Load:
    script = workdir / "request.lua"
    headers = "".join(
        f"wrk.headers[{_lua(key)}] = {_lua(value)}\n" for key, value in scenario.headers().items()
    )
    script.write_text(
        f"wrk.method = {_lua(scenario.method)}\nwrk.body = {_lua(scenario.body)}\n{headers}{DONE}"
    )
    return Load(scenario, script, threads)


def _output(argv: list[str], deadline: float) -> str:
    done = subprocess.run(
        argv,
        env=inherited_environment(),
        capture_output=True,
        text=True,
        timeout=deadline,
        check=False,
    )
    if done.returncode != 0:
        raise PeerError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _round(output: str) -> Round:
    found: dict[str, Any] = json.loads(output.rpartition(MARK)[2])
    return Round(
        requests=found["requests"],
        seconds=found["duration"] / 1e6,
        p50=found["p50"] / 1e3,
        p99=found["p99"] / 1e3,
        slowest=found["max"] / 1e3,
        bad_status=found["status"],
        socket_errors=found["socket"],
    )


def _lua(value: str | bytes) -> str:
    raw = value.encode() if isinstance(value, str) else value
    return '"' + "".join(f"\\{byte:03d}" for byte in raw) + '"'

"""`python -m benchmarks.mapped`: what templates add to a request, and to a reload."""

from __future__ import annotations

import itertools
import statistics
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import rich_click as click
import uvloop

from benchmarks import machine
from benchmarks.in_memory import Caller
from benchmarks.micro import PUSH, PUSH_DATA, PUSH_RULES
from benchmarks.reloads.ground import ground
from benchmarks.reloads.live import change
from benchmarks.rows import Row, as_terminal
from benchmarks.scenario import bearer_post
from gateway.compile.hook import Hook as Running
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.language.spec import Hook, NoAuthentication, Workflow
from gateway.language.spec.rules import Match
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings

REQUESTS = 400
PERCENT = 3.0
HOOKS = 1000
RELOAD_MS = 60.0

_HOOK = """\
name: build-{n}
description: Starts the build of service {n}.
method: POST
match:
  body:
    ref: {{prefix: refs/heads/}}
    deleted: false
authentication: none
workflow:
  url: http://flows.internal/build/{n}
  data:
"""
_MEMBERS = """\
    sha: 4f2c1d0b9a8e7f6c5d4b
    branch: refs/heads/main of the repository
    source: the hook with this name
    title: "octocat/hello: say hello to everybody in the office"
    item{n}: the item of service {n}
    state{n}: the state of service {n}
    amount: 12.5 EUR for the service {n}
    note: a note for service {n}
"""
_TEMPLATES = """\
    sha: ${{body.after}}
    branch: ${{body.ref | strip_prefix('refs/heads/')}}
    source: ${{hook.name}}
    title: "${{body.repository.full_name}}: ${{body.head_commit.message | first(72)}}"
    item{n}: ${{body.service_{n}.item}}
    state{n}: ${{body.service_{n}.state ?? 'unknown'}}
    amount: ${{body.amount_{n}}} EUR
    note: ${{body.note_{n}?}}
"""
"""Half of them are the same in all hooks, as in files that were copied from each other."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(2), default=20, show_default=True, help="Each.")
def main(rounds: int) -> None:
    """Compares a hook with templates and the same hook without, in turns.

    \b
    python -m benchmarks.mapped
    python -m benchmarks.mapped --rounds 100
    """
    facts = machine.describe("benchmarks.mapped")
    turns = max(3, rounds // 4)
    as_terminal(facts, [_requests(rounds), _changes(turns), _starts(turns)])


def _requests(rounds: int) -> Row:
    """The processor time of a request through server, hook and client, without sockets."""

    async def measured() -> tuple[list[float], list[float]]:
        plain = Workflow(url="http://127.0.0.1:9/run")
        callers = [
            Caller(_hook(plain), PUSH),
            Caller(_hook(msgspec.structs.replace(plain, data=PUSH_DATA)), PUSH),
        ]
        found: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for caller, times in zip(callers, found, strict=True):
                times.append(await caller.send(REQUESTS) / REQUESTS * 1e6)
        return found

    without, mapped = uvloop.run(measured())
    added = [(b / a - 1) * 100 for a, b in zip(without, mapped, strict=True)]
    best = (min(mapped) / min(without) - 1) * 100
    what = f"seven members filled in, added to a request of {min(without):.0f} µs (best of each)"
    return Row(
        what, f"{best:.1f} %", f"{statistics.median(added):.1f} % (median)",
        f"at most {PERCENT:.0f} %", best <= PERCENT,
    )  # fmt: skip


def _hook(workflow: Workflow) -> Hook:
    return Hook(
        name="push", method="POST", authentication=NoAuthentication(), workflow=workflow,
        match=Match(body=PUSH_RULES),
    )  # fmt: skip


def _changes(rounds: int) -> Row:
    """The time until the change of one hook among many is live, in two gateways in turns."""
    with ExitStack() as stack:
        workdir = Path(stack.enter_context(TemporaryDirectory()))
        plain, mapped = (
            stack.enter_context(ground(workdir / name, bearer_post(1), HOOKS, members=members))
            for name, members in (("plain", _MEMBERS), ("mapped", _TEMPLATES))
        )
        turns = [(change(plain, f"n{n}"), change(mapped, f"n{n}")) for n in range(rounds)]
    before, after = (statistics.median(times) * 1000 for times in zip(*turns, strict=True))
    worst = max(b - a for a, b in turns) * 1000
    what = f"one changed among {HOOKS:,} hooks, added by eight templates in each to {before:.0f} ms"
    return Row(
        what, f"{after - before:.0f} ms", f"{worst:.0f} ms",
        f"at most {RELOAD_MS:.0f} ms", after - before <= RELOAD_MS,
    )  # fmt: skip


def _starts(rounds: int) -> Row:
    """The processor time of reading and compiling new hooks, as at a start."""
    runtime, numbers = Runtime(Settings(hooks=Path(__file__).parent)), itertools.count()
    load = partial(_load, runtime, numbers)
    turns = [(load(_MEMBERS), load(_TEMPLATES)) for _ in range(rounds)]
    best = [min(times) * 1000 for times in zip(*turns, strict=True)]
    added = statistics.median(b - a for a, b in turns) * 1000
    what = f"{HOOKS:,} new hooks, added by eight templates in each to {best[0]:.0f} ms"
    return Row(
        f"{what} (best of each)", f"{best[1] - best[0]:.0f} ms", f"{added:.0f} ms (median)",
        f"at most {RELOAD_MS:.0f} ms", best[1] - best[0] <= RELOAD_MS,
    )  # fmt: skip


def _load(runtime: Runtime, numbers: itertools.count[int], data: str) -> float:
    names = list(itertools.islice(numbers, HOOKS))
    texts = [(_HOOK + data).format(n=number).encode() for number in names]
    started = time.process_time()
    for number, text in zip(names, texts, strict=True):
        (hook,) = read_source(Source(f"{number}.yaml", text)).hooks
        Running(hook.spec, runtime, {})
    return time.process_time() - started


if __name__ == "__main__":
    main()

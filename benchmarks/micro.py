"""`python -m benchmarks.micro`: what deciding about one body costs, and mapping it, without a
server.
"""

from __future__ import annotations

import itertools
import json
import statistics
import timeit
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import rich_click as click
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import machine
from gateway.compile.body import Received, decode_body
from gateway.compile.encoder import PayloadEncoder
from gateway.compile.exchange import Exchange, Unread
from gateway.compile.matcher import compile_match
from gateway.compile.templates.mapping import Mapped
from gateway.language.inputs import workflow_of
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.language.spec import Hook, Workflow
from gateway.language.spec.match import Condition, Elements, Operators
from gateway.language.spec.rules import Match, Rule

TARGET_US = 10.0
ORDER = {
    "CityName": "Paris",
    "event": "order.created",
    "priority": 3,
    "test": False,
    "order": {
        "id": "A-1042",
        "total": 129.5,
        "currency": "EUR",
        "customer": {"name": "Émile", "email": "emile@example.com", "country": "FR"},
        "items": [{"sku": "A-1", "count": 1}, {"sku": "B-7", "count": 2}],
    },
}
INTENDED: dict[str, Condition] = {
    "CityName": "Paris",
    "event": "order.created",
    "priority": 3,
    "test": False,
    "order.id": "A-1042",
    "order.total": Decimal("129.5"),
    "order.currency": "EUR",
    "order.customer.email": "emile@example.com",
    "order.customer.country": "FR",
    "/order/items/1/sku": "B-7",
}
MIXED: dict[str, Condition] = {
    "CityName": "Paris",
    "event": Operators(prefix="order."),
    "priority": Operators(in_=[1, 2, 3]),
    "test": Operators(ne=True),
    "order.id": Operators(pattern="^[A-Z]-[0-9]+$"),
    "order.total": Operators(gte=100),
    "order.currency": Operators(exists=True),
    "order.customer.email": Operators(suffix="@example.com"),
    "order.customer.name": Operators(contains="mil"),
    "order.items": Operators(any=Elements({"sku": "B-7"})),
}

PUSH = {
    "ref": "refs/heads/main",
    "after": "4f2c1d0b9a8e7f6c5d4b3a291807f6e5d4c3b2a1",
    "deleted": False,
    "pusher": {"name": "octocat"},
    "repository": {"name": "hello", "full_name": "octocat/hello"},
    "head_commit": {"message": "Say hello\n\nTo everybody.", "modified": ["README.md", "hello.py"]},
}
PUSH_RULES: dict[str, Condition] = {
    "ref": Operators(prefix="refs/heads/"),
    "deleted": False,
    "pusher.name": Operators(exists=True),
}
PUSH_DATA = {
    "branch": "${body.ref | strip_prefix('refs/heads/')}",
    "sha": "${body.after}",
    "short": "${body.after | first(7)}",
    "by": "${body.pusher.name ?? 'unknown'}",
    "files": "${body.head_commit.modified ?? body.head_commit.added?}",
    "title": "${body.repository.full_name}: ${body.head_commit.message | first(72)}",
    "source": "${hook.name}",
}


@dataclass(frozen=True)
class Timing:
    """Microseconds a call: the median of the repetitions and the best of them."""

    name: str
    median: float
    best: float
    target: float | None = None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--repeat", type=click.IntRange(1), default=15, show_default=True, help="Times.")
@click.option(
    "--calls", type=click.IntRange(1), default=20_000, show_default=True, help="Each time."
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write figures there.",
)
def main(repeat: int, calls: int, json_file: Path | None) -> None:
    """Times the matcher on one decoded body, and the decoding before it.

    \b
    python -m benchmarks.micro
    python -m benchmarks.micro --repeat 50 --json micro.json
    """
    facts = machine.describe("benchmarks.micro")
    timings = [_time(name, call, repeat, calls) for name, call in _calls().items()]
    if json_file:
        found = {"machine": facts, "timings": [timing.__dict__ for timing in timings]}
        json_file.write_text(json.dumps(found, indent=2) + "\n")
    _print(facts, timings)


def _calls() -> Mapping[str, Callable[[], object]]:
    raw = json.dumps(ORDER).encode()
    body = decode_body(b"application/json", raw)
    intended = compile_match(Match(body=INTENDED))
    mixed = compile_match(Match(body=MIXED))
    tenth_fails = compile_match(Match(body={**INTENDED, "/order/items/1/sku": "C-9"}))
    either = compile_match(Match(any=[Rule(body={"/order/id": "no"}), Rule(body=INTENDED)]))
    assert intended(body, {}, {}) is None
    assert either(body, {}, {}) is None
    assert mixed(body, {}, {}) is None
    assert tenth_fails(body, {}, {}) is not None
    raw_push = json.dumps(PUSH).encode()
    push = decode_body(b"application/json", raw_push)
    three = compile_match(Match(body=PUSH_RULES))
    assert three(push, {}, {}) is None
    return {
        "three rules of a push": lambda: three(push, {}, {}),
        "seven members filled in from it": _filling(raw_push, push),
        "ten expected values": lambda: intended(body, {}, {}),
        "ten rules of ten kinds": lambda: mixed(body, {}, {}),
        "ten values, the last refuses": lambda: tenth_fails(body, {}, {}),
        "ten values of one alternative": lambda: either(body, {}, {}),
        "reading a hook with eight members": _reading("value {}"),
        "reading it with eight templates": _reading("${{body.part.member{}}}"),
        f"decoding that body, {len(raw)} bytes": lambda: decode_body(b"application/json", raw),
    }


def _filling(raw: bytes, received: Received) -> Callable[[], object]:
    """Makes the data of a workflow, encoded, of what was received."""
    workflow = Workflow(url="http://flows.internal/build", data=PUSH_DATA)
    mapped = Mapped(Hook(name="push", workflow=workflow), workflow, {})
    encoder = PayloadEncoder(workflow, True, False, mapped)
    exchange = Exchange(
        method="POST", path="/", raw_path=b"/", query_string=b"", headers=[], fields={},
        client="", request_id="r", started=0.0, source=Unread(), hook="push",
    )  # fmt: skip
    return lambda: encoder.fill(exchange, raw, received, {}, None)


def _reading(value: str) -> Callable[[], object]:
    """Reads, checks and compiles the data of a hook that was not seen before."""
    numbers = itertools.count()

    def read() -> object:
        first = next(numbers) * 8
        data = "".join(f"    m{one}: {value.format(first + one)}\n" for one in range(8))
        head = "name: a\nmethod: POST\nauthentication: none\nworkflow:\n  url: http://a.internal/\n"
        (hook,) = read_source(Source("a.yaml", f"{head}  data:\n{data}".encode())).hooks
        return Mapped(hook.spec, workflow_of(hook.spec), {})

    return read


def _time(name: str, call: Callable[[], object], repeat: int, calls: int) -> Timing:
    calls = calls // 100 if name.startswith("reading") else calls
    found = [seconds / calls * 1e6 for seconds in timeit.repeat(call, number=calls, repeat=repeat)]
    target = TARGET_US if name.startswith("ten") else None
    return Timing(name, statistics.median(found), min(found), target)


def _print(facts: Mapping[str, str], timings: list[Timing]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for label, text in facts.items():
        console.print(f"[bold]{label:>12}[/]  {text}")
    table = Table(*("", "median µs", "best µs", "target"), box=box.SIMPLE_HEAD)
    for one in timings:
        target = f"under {one.target:.0f} µs: {_verdict(one)}" if one.target else ""
        table.add_row(one.name, f"{one.median:.2f}", f"{one.best:.2f}", target)
    console.print(table)


def _verdict(timing: Timing) -> str:
    return "met" if timing.target and timing.median < timing.target else "not met"


if __name__ == "__main__":
    main()

"""A report as a table for people at a terminal, or as markdown for a file."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.report import Report, Row, Target

COLUMNS = (
    *("", "req/s", "spread", "p50 ms", "p99 ms", "CPU µs/req"),
    *("PSS MiB", "RSS MiB", "errors", "gateway ÷ it"),
)
EXPLAINED = (
    "Medians of the rounds; spread: (best - worst) ÷ median. CPU: of all its processes, for one\n"
    "request. PSS: the peak of all its processes together; RSS: of its largest process.\n"
    "Errors: statuses from 400 up, broken and late connections."
)
VERDICT = {True: "met", False: "not met", None: "not measured"}
COLOUR = {True: "green", False: "red", None: "yellow"}


def as_terminal(report: Report, console: Console) -> None:
    for label, text in report.machine.items():
        console.print(f"[bold]{label:>12}[/]  {escape(text)}", highlight=False)
    console.print(f"\n[bold]{report.scenario}[/]", highlight=False)
    console.print(_table(report))
    for row in report.rows:
        console.print(f"[bold]{row.name}[/] {escape(_about(row))}", highlight=False)
    console.print(f"\n{EXPLAINED}\n", style="dim", highlight=False)
    for target in report.targets:
        verdict = f"[{COLOUR[target.met]}]{VERDICT[target.met]:>12}[/]"
        console.print(f"{verdict}  {_told(target)}", highlight=False)


def as_markdown(report: Report) -> str:
    facts = [
        f"- {label}: {f'`{text}`' if label == 'command' else text}"
        for label, text in report.machine.items()
    ]
    peers = [f"- {row.name} {_about(row)}" for row in report.rows]
    targets = [f"- {VERDICT[target.met]}: {_told(target)}" for target in report.targets]
    table = [_line(COLUMNS), "|---" + "|---:" * (len(COLUMNS) - 1) + "|"]
    table += [_line(_cells(row)) for row in report.rows]
    return "\n".join(
        [
            *facts,
            f"- scenario: {report.scenario}",
            "",
            *table,
            "",
            *peers,
            "",
            EXPLAINED,
            "",
            *targets,
        ]
    )


def _table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for number, column in enumerate(COLUMNS):
        header = column.replace(" ", "\n", 1)
        table.add_column(header, justify="right" if number else "left", no_wrap=True)
    for row in report.rows:
        table.add_row(*_cells(row), style="bold" if row.key == "gateway" else None)
    return table


def _cells(row: Row) -> tuple[str, ...]:
    if not row.rounds:
        return (row.name, *["-"] * (len(COLUMNS) - 1))
    return (
        row.name,
        f"{row.rate:,.0f}",
        f"{row.spread:.0%}",
        f"{row.p50:.1f}",
        f"{row.p99:.1f}",
        f"{row.cpu_us:.0f}",
        f"{row.pss:.0f}",
        f"{max(row.processes, default=0):.0f}",
        f"{row.errors}",
        f"{row.ratio:.2f}" if row.ratio else "",
    )


def _about(row: Row) -> str:
    about = f"{row.version}: {row.does}" if row.version else row.does
    return f"{about}. NOT MEASURED: {row.reason}" if row.reason else about


def _told(target: Target) -> str:
    return f"{target.text}: {target.found}"


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"

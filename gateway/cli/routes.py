"""`gateway routes`: what answers where, who may call it, and what it starts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from shlex import quote

import click
import msgspec
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gateway.cli.access import access
from gateway.cli.command import Command
from gateway.cli.formats.json_text import json_text
from gateway.cli.formats.report import counted
from gateway.cli.formats.text import printable
from gateway.cli.guarded import each
from gateway.cli.hookfiles import default_path, find
from gateway.language.diagnostic import Diagnostic
from gateway.language.issued import masked
from gateway.language.outcome import ReadHook
from gateway.language.read import read

COLUMNS = ("NAME", "METHOD", "PATH", "AUTHENTICATION", "WORKFLOW", "FILE")


class Route(msgspec.Struct, frozen=True):
    """One hook as `--format json` writes it."""

    name: str
    methods: tuple[str, ...]
    path: str
    authentication: str
    workflow: str
    file: str
    line: int
    enabled: bool


@click.command(cls=Command)
@click.argument("hooks", required=False, type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format: text (a table on a terminal, otherwise tab-separated lines) or json.",
)
def command(hooks: str | None, form: str) -> None:
    """List hooks with name, method, path, authentication, workflow and file.

    HOOKS is a directory or a file; hooks.d by default. On a pipe, each hook is one
    line of seven tab-separated fields: method, path, authentication, workflow, file,
    `enabled` or `disabled`, and name.

    Exit status: 0 no file has errors, 1 some files have errors and their hooks are not listed,
    2 wrong usage or a path that cannot be read.

    \b
    Examples:
      gateway routes
      gateway routes hooks.d | grep bearer | cut -f2
      gateway routes hooks.d --format json
    """
    path = hooks or default_path("routes")
    found = find((path,))
    reading = read(found.sources)
    faults: list[Diagnostic] = []
    listed = each(reading.hooks, _route, "cannot be listed", faults)
    routes = sorted(listed, key=lambda one: (one.path, one.methods))
    if form == "json":
        click.echo(json_text(routes), nl=False)
    elif sys.stdout.isatty():
        _show(routes)
    else:
        click.echo("".join(map(_line, routes)), nl=False)
    sys.exit(_errors((*found.unreadable, *reading.diagnostics, *faults), path))


def _route(hook: ReadHook) -> Route:
    spec = hook.spec
    workflow = spec.workflow if isinstance(spec.workflow, str) else spec.workflow.url
    return Route(
        spec.name,
        spec.answered,
        masked(spec.route),
        masked(access(spec)),
        masked(workflow),
        hook.file,
        hook.place.line,
        spec.enabled,
    )


def _fields(route: Route) -> tuple[str, ...]:
    """What the columns show. An issuer or the name of a file may hold anything."""
    methods = ",".join(route.methods)
    fields = (methods, route.path, route.authentication, route.workflow, route.file)
    return tuple(map(printable, fields))


def _line(route: Route) -> str:
    state = "enabled" if route.enabled else "disabled"
    return "\t".join([*_fields(route), state, route.name]) + "\n"


def _show(routes: list[Route]) -> None:
    """A row a hook where that fits; otherwise lines below each other, so that nothing is cut."""
    console = Console()
    table = _wide(routes)
    needed = Measurement.get(console, console.options.update(width=sys.maxsize), table).maximum
    console.print(table if needed <= console.width else _narrow(routes))


def _wide(routes: list[Route]) -> Table:
    table = Table(*COLUMNS, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for route in routes:
        methods, path, *rest = map(Text, _fields(route))
        table.add_row(route.name, methods, path + _mark(route), *rest, style=_style(route))
    return table


def _narrow(routes: list[Route]) -> Table:
    table = Table("METHOD", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("NAME, PATH, AUTHENTICATION, WORKFLOW, FILE", overflow="fold")
    for route in routes:
        methods, path, access, *rest = map(Text, _fields(route))
        path.stylize("bold")
        first = path + _mark(route) + Text("  ") + access
        lines = Text("\n").join([Text(route.name), first, *rest])
        table.add_row(methods, lines, style=_style(route), end_section=True)
    return table


def _mark(route: Route) -> Text:
    return Text("" if route.enabled else " (disabled)")


def _style(route: Route) -> str:
    return "" if route.enabled else "dim"


def _errors(diagnostics: Iterable[Diagnostic], path: str) -> int:
    """Say how many files have errors; the exit status."""
    files = {one.file for one in diagnostics if one.severity == "error"}
    if files:
        verb = "has" if len(files) == 1 else "have"
        said = f"{counted(len(files), 'file')} {verb} errors"
        remedy = f"to list them, run: gateway validate {quote(path)}"
        click.echo(f"gateway: {said}; {remedy}", err=True)
    return 1 if files else 0

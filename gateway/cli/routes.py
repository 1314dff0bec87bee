"""`gateway routes`: what answers where, who may call it, and what it starts."""

from __future__ import annotations

import sys

import msgspec
import rich_click as click
from rich import box
from rich.console import Console
from rich.table import Table

from gateway.cli.access import access
from gateway.cli.formats.report import counted
from gateway.cli.hookfiles import default_path, read_sources
from gateway.language.outcome import ReadHook
from gateway.language.read import Reading, read

COLUMNS = ("METHOD", "PATH", "AUTHENTICATION", "WORKFLOW", "FILE")


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


@click.command()
@click.argument("hooks", required=False, type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text is a table on a terminal, tab-separated lines otherwise.",
)
def command(hooks: str | None, form: str) -> None:
    """List what each hook answers: method, path, authentication, workflow, file.

    HOOKS is a directory or a file; hooks.d by default. On a pipe each hook is one line of six
    fields with tabs between them, the last of which is `enabled` or `disabled`.

    Exit status: 0 all files are sound, 1 some have errors and their hooks are not listed, 2 wrong
    usage or a path that cannot be read.

    \b
    Examples:
      gateway routes
      gateway routes hooks.d | grep bearer | cut -f2
      gateway routes hooks.d --format json
    """
    reading = read(read_sources((hooks or default_path("routes"),)))
    routes = sorted(map(_route, reading.hooks), key=lambda one: (one.path, one.methods))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(routes), indent=2))
    elif sys.stdout.isatty():
        Console().print(_table(routes))
    else:
        click.echo("".join(map(_line, routes)), nl=False)
    sys.exit(_errors(reading))


def _route(hook: ReadHook) -> Route:
    spec = hook.spec
    workflow = spec.workflow if isinstance(spec.workflow, str) else spec.workflow.url
    return Route(
        spec.name,
        spec.answered,
        spec.route,
        access(spec),
        workflow,
        hook.file,
        hook.place.line,
        spec.enabled,
    )


def _fields(route: Route) -> tuple[str, ...]:
    methods = ",".join(route.methods)
    return methods, route.path, route.authentication, route.workflow, route.file


def _line(route: Route) -> str:
    return "\t".join([*_fields(route), "enabled" if route.enabled else "disabled"]) + "\n"


def _table(routes: list[Route]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in COLUMNS:
        table.add_column(column, overflow="fold", no_wrap=column == "METHOD")
    for route in routes:
        fields = list(_fields(route))
        if not route.enabled:
            fields[1] += " (disabled)"
        table.add_row(*fields, style="" if route.enabled else "dim")
    return table


def _errors(reading: Reading) -> int:
    """Says how many files have errors, and gives the exit status."""
    files = {one.file for one in reading.diagnostics if one.severity == "error"}
    if files:
        verb = "has" if len(files) == 1 else "have"
        click.echo(
            f"gateway: {counted(len(files), 'file')} {verb} errors; `gateway validate` shows them",
            err=True,
        )
    return 1 if files else 0

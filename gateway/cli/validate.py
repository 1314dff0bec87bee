"""`gateway validate`: every mistake of every hook file, in one go."""

from __future__ import annotations

import os
import sys

import rich_click as click

from gateway.cli.formats import FORMATS, report
from gateway.cli.hookfiles import default_path, read_sources
from gateway.language.read import read


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
def command(paths: tuple[str, ...], form: str, strict: bool) -> None:
    """Check hook files and report every mistake with its place.

    PATH is a file, a directory, or - for the standard input; hooks.d by default. In directories
    *.yaml and *.yml are read, sub-folders too; names that begin with . or _ are not.

    Exit status: 0 no errors, 1 errors (with --strict warnings, too), 2 wrong usage or a path that
    cannot be read.

    \b
    Examples:
      gateway validate
      gateway validate hooks.d more/orders.yaml --strict
      gateway validate hooks.d --format sarif > hooks.sarif
      cat orders.yaml | gateway validate -
    """
    sources = read_sources(paths or (default_path(),))
    found = report(sources, read(sources))
    click.echo(FORMATS[form](found), nl=False, color=_coloured())
    sys.exit(1 if found.errors or (strict and found.warnings) else 0)


def _coloured() -> bool:
    """A terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")

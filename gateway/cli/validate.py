"""`gateway validate`: every mistake of every hook file, in one go."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from gateway.cli.command import Command
from gateway.cli.formats import FORMATS, report
from gateway.cli.hookfiles import default_path, find
from gateway.cli.terminal import coloured
from gateway.errors import OperatorError
from gateway.language.diagnostic import Diagnostic
from gateway.language.read import Reading, read
from gateway.language.references import Kind
from gateway.language.source import Source


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    metavar="FORMAT",
    help=f"Output format: {', '.join(FORMATS)}.",
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--secrets",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Report each `secret:` that is missing or unusable in DIR.",
)
@click.option(
    "--check-env",
    is_flag=True,
    help="Report each `env:` that is unset or empty in this environment.",
)
def command(
    paths: tuple[str, ...], form: str, strict: bool, secrets: Path | None, check_env: bool
) -> None:
    """Check hook files and report all mistakes with their places, errors first.

    PATH is a file, a directory, or - for standard input; hooks.d by default. In directories, the
    command reads *.yaml and *.yml, also in sub-folders, and skips names that start with . or _.
    It checks secrets only with --secrets or --check-env.

    Exit status: 0 no errors, 1 errors (with --strict also warnings), 2 wrong usage or a path
    that cannot be read.

    \b
    Examples:
      gateway validate
      gateway validate hooks.d more/orders.yaml --strict
      gateway validate hooks.d --secrets /run/secrets
      gateway validate hooks.d --format sarif > hooks.sarif
      cat orders.yaml | gateway validate -
    """
    if secrets is not None and not secrets.is_dir():
        raise OperatorError(f"--secrets: {secrets} is not a directory")
    hook_files = find(paths or (default_path("validate"),))
    sources = hook_files.sources
    reading = read(sources)
    kinds = _kinds(secrets, check_env)
    missing = _missing(sources, reading, kinds, secrets)
    found = report(sources, reading, (*hook_files.unreadable, *missing))
    click.echo(FORMATS[form](found), nl=False, color=coloured())
    sys.exit(1 if found.errors or (strict and found.warnings) else 0)


def _kinds(secrets: Path | None, check_env: bool) -> list[Kind]:
    kinds: list[Kind] = [] if secrets is None else ["secret"]
    return [*kinds, "env"] if check_env else kinds


def _missing(
    sources: Sequence[Source], reading: Reading, kinds: Sequence[Kind], secrets: Path | None
) -> Iterable[Diagnostic]:
    """What is wrong with secrets of these kinds."""
    if not kinds:
        return ()
    # It judges as the server does, of which it imports much: a third of the time of a check.
    from gateway.cli.unresolved import unresolved

    return unresolved(sources, reading.hooks, kinds, secrets)

"""`gateway schema`: the language as a JSON Schema, and as a page to read."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.command import Command
from gateway.errors import OperatorError
from gateway.language.schema import schema_text

FILE = "hook.schema.json"


@click.command(cls=Command)
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"Write DIR/{FILE} instead of printing the schema.",
)
@click.option("--reference", is_flag=True, help="Print the reference of the language (Markdown).")
@click.option(
    "--diagnostics", is_flag=True, help="Print the explanation of each diagnostic (Markdown)."
)
def command(write: Path | None, reference: bool, diagnostics: bool) -> None:
    """Print the JSON Schema of the hook language (draft 2020-12).

    Editors with yaml-language-server complete and explain every key of a file whose first line
    names the schema: `# yaml-language-server: $schema=../schemas/hook.schema.json`

    \b
    Examples:
      gateway schema > hook.schema.json
      gateway schema --write schemas
      gateway schema --reference > language.md
    """
    if (write is not None) + reference + diagnostics > 1:
        raise click.UsageError("--write, --reference and --diagnostics exclude each other.")
    if reference or diagnostics:
        from gateway.language.reference import diagnostics_page, language_page

        click.echo(language_page() if reference else diagnostics_page(), nl=False)
    elif write is None:
        click.echo(schema_text(), nl=False)
    else:
        _write(write / FILE)


def _write(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"wrote {path}", err=True)

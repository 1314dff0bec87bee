"""The `gateway` command: a command a file, loaded when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import rich_click as click

from gateway import __version__
from gateway.errors import OperatorError

COMMANDS = {
    "serve": "Serve the hooks of a directory.",
    "dev": "Serve with an echo workflow, for trying things out.",
    "validate": "Check hooks and report every mistake.",
    "routes": "List what each hook answers.",
    "token": "Make a bearer token.",
    "password": "Make the hash of a password.",
    "schema": "Print the JSON Schema of the language.",
}
"""Name → one line of help; `gateway.cli.<name>` has the click command `command`."""


class LazyGroup(click.RichGroup):
    """A group that imports a command's module when it is called: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        if name is not None and found is not None:
            found = importlib.import_module(f"gateway.cli.{name}").command
        return name, found, rest


@click.group(
    cls=LazyGroup,
    commands={name: click.RichCommand(name=name, help=text) for name, text in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="gateway")
def cli() -> None:
    """A declarative webhook gateway: YAML files in git become URLs that start workflows.

    \b
    gateway dev                 try the examples of hooks.d
    gateway validate hooks.d    check every hook, as CI does
    gateway serve hooks.d       serve
    """


def main(argv: list[str] | None = None) -> Any:
    """Run the command line. Exit status: 0 fine, 1 findings or failures, 2 wrong usage."""
    try:
        return cli.main(argv, prog_name="gateway")
    except OperatorError as error:
        print(f"gateway: {error}", file=sys.stderr)  # noqa: T201 - the last word of a command
        sys.exit(2)


if __name__ == "__main__":
    main()

"""Groups of commands whose modules are imported when they are called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from gateway.cli import interrupts
from gateway.cli.command import Command


def listed(commands: Mapping[str, str]) -> dict[str, click.Command]:
    """What a group shows of its commands: name → one line of help."""
    return {name: Command(name=name, help=text) for name, text in commands.items()}


class LazyGroup(Command, click.Group):
    """A group that imports a command's module when it is called: `--help` stays quick.

    `package` has a module for each command, with the click command `command`.
    """

    package = "gateway.cli"

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        if name is not None and found is not None:
            found = importlib.import_module(f"{self.package}.{name}").command
            if not isinstance(found, click.Group):
                interrupts.run()
        return name, found, rest

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            # Where the parser fails, click does not say in which command.
            if error.ctx is None and ctx.invoked_subcommand is not None:
                name = ctx.invoked_subcommand
                error.ctx = click.Context(self.commands[name], parent=ctx, info_name=name)
            raise

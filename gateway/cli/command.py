"""What every command is: one that explains itself."""

from __future__ import annotations

import click


class Command(click.Command):
    """A command whose help is laid out by rich-click."""

    def get_help(self, ctx: click.Context) -> str:
        # Imported when somebody asks: a tenth of the time that a server takes to start.
        from gateway.cli.help import laid_out

        return laid_out(self, ctx)

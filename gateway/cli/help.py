"""Help as rich-click lays it out."""

from __future__ import annotations

import click
from rich_click import RichCommand, RichContext, RichGroup

HELP = {
    "theme": "default-slim",
    "max_width": 100,
    "padding_helptext_first_line": (0, 0, 1, 0),
    "style_helptext": "",
    "text_paragraph_linebreaks": "\n\n",
    "append_metavars_help_string": "{}",
    "envvar_string": "\\[env={}]",
    "options_table_column_types": ["opt_all_metavar", "help"],
    "options_table_help_sections": ["help", "default", "envvar"],
}
"""How rich-click lays out help: without frames, so that it can be searched and copied."""


class _Group(RichGroup):
    """Lists its commands in their own order."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def laid_out(command: click.Command, ctx: click.Context) -> str:
    """The help of a command that was called as the context says."""
    kind = _Group if isinstance(command, click.Group) else RichCommand
    twin = kind(name=command.name)
    vars(twin).update(vars(command))
    settings = {**command.context_settings, "rich_help_config": HELP}
    with RichContext(twin, info_name=ctx.info_name, parent=ctx.parent, **settings) as shown:
        # Lines are filled up to the width with blanks, which a file or a diff does not need.
        return "\n".join(line.rstrip() for line in twin.get_help(shown).splitlines())

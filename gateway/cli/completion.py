"""What a shell completes: the names of hooks, where a command takes one."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from gateway.cli.hookfiles import find
from gateway.errors import OperatorError


def hook_names(ctx: click.Context, _param: object, incomplete: str) -> list[CompletionItem]:
    """The hooks of the directory or file that the command reads. What cannot be read has none: a
    shell that completes has nowhere to say why.
    """
    from gateway.language.read import read

    path = ctx.params.get("hooks") or ctx.params.get("file") or "hooks.d"
    try:
        found = read(find((path,)).sources).hooks
    except OperatorError:
        return []
    return [
        CompletionItem(hook.spec.name, help=hook.spec.description.partition("\n")[0])
        for hook in found
        if hook.spec.name.startswith(incomplete)
    ]

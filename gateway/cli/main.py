"""The `gateway` command: a command a file, loaded when it is called."""

from __future__ import annotations

import errno
import os
import sys
from typing import NoReturn

import click
from click.core import ParameterSource

from gateway import __version__
from gateway.cli.interrupts import INTERRUPTED
from gateway.cli.lazy import LazyGroup, listed
from gateway.errors import OperatorError
from gateway.language.escaping import escaped

COMMANDS = {
    "serve": "Serve the hooks of a directory.",
    "init": "Write a first hook and its secret.",
    "dev": "Serve hooks with an echo in place of workflows.",
    "validate": "Check hooks and report all mistakes.",
    "plan": "Explain what a change of hooks means.",
    "routes": "List hooks and their routes.",
    "runs": "List, replay and cancel stored runs.",
    "token": "Generate a bearer token.",
    "password": "Hash a password.",
    "sign": "Print a curl command that calls a hook.",
    "schema": "Print the JSON Schema of the language.",
}
"""Name → one line of help; `gateway.cli.<name>` has the click command `command`."""


@click.group(
    cls=LazyGroup,
    commands=listed(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="gateway")
def cli() -> None:
    """A declarative webhook gateway: YAML files in git become URLs that start workflows.

    `gateway COMMAND --help` explains each command with examples. Exit status: 0 success,
    1 findings or failures, 2 wrong usage or unreadable input.

    \b
    Examples:
      gateway init                write a first hook and its secret
      gateway dev                 try the hooks in hooks.d
      gateway validate hooks.d    check every hook as CI does
      gateway serve hooks.d       serve the hooks
    """


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line, and end with its exit status."""
    _open_closed_streams()
    try:
        status = _run(argv)
    finally:
        _flush()
    sys.exit(status)


def _run(argv: list[str] | None) -> int:
    try:
        status = cli.main(argv, prog_name="gateway", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.message)
        return error.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "gateway"
        _say(f"{command}: {_message(error)}\nTry '{command} --help'.")
        return error.exit_code
    except OperatorError as error:
        _say(f"gateway: {error}")
        return 2
    except click.Abort:
        return INTERRUPTED
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _say("gateway: the output cannot be written: the device is full")
        return 1


def _message(error: click.UsageError) -> str:
    """What is wrong; for a value from the environment, also the variable that has it."""
    if isinstance(error, click.BadParameter) and error.ctx and error.param:
        context, parameter = error.ctx, error.param
        name = parameter.name or ""
        if context.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
            variable = parameter.envvar or f"{context.auto_envvar_prefix}_{name.upper()}"
            error.param_hint = f"{parameter.get_error_hint(context)} ({variable})"
    return error.format_message()


def _open_closed_streams() -> None:
    """Started without a stream (`<&-`), Python has None for it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _say(text: str) -> None:
    print(escaped(text, kept="\n"), file=sys.stderr)  # noqa: T201 - the last word of a command


def _flush() -> None:
    """Whoever reads may have gone (`| head`): docs.python.org, signal, "Note on SIGPIPE"."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

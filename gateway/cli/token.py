"""`gateway token`: a bearer token for a caller, its digest for the hook."""

from __future__ import annotations

import os
import secrets
import sys
from hashlib import sha256
from pathlib import Path

import click

from gateway.cli.addition import (
    Addition,
    CannotAddError,
    UnknownHookError,
    UnsoundError,
    add_digest,
)
from gateway.cli.clipboard import copy
from gateway.cli.command import Command
from gateway.cli.completion import hook_names
from gateway.cli.formats import FORMATS
from gateway.cli.hookfiles import read_file
from gateway.cli.replacing import locked, replace

PREFIX = "whg_"
"""What secret scanners can look for."""


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path())
@click.option("--write", is_flag=True, help="Add the digest to FILE and change nothing else.")
@click.option(
    "--hook",
    metavar="NAME",
    shell_complete=hook_names,
    help="The hook to change, if FILE has several.",
)
def command(file: str | None, write: bool, hook: str | None) -> None:
    """Generate a bearer token of 256 random bits and its digest for a hook.

    The command prints the token once to standard output and stores it nowhere. On a terminal it
    also copies the token to the clipboard if there is one. Everything else goes to standard
    error.

    With FILE, the command shows where to add the digest: as an entry of `authentication`, which
    it adds if the hook has none. --write adds it and keeps comments and layout.

    Exit status: 0 success, 1 FILE has errors or cannot take a token, 2 wrong usage or a FILE
    that cannot be read or written.

    \b
    Examples:
      gateway token
      gateway token hooks.d/orders.yaml --write
      gateway token | kubectl create secret generic caller \\
          --from-file=token=/dev/stdin
    """
    if file is None and (write or hook is not None):
        raise click.UsageError("--write and --hook need a FILE")
    if file == "-" and write:
        raise click.UsageError("--write cannot write to standard input; name a FILE")
    token = PREFIX + secrets.token_urlsafe(32)
    digest = sha256(token.encode()).hexdigest()
    said = _entry(digest) if file is None else _added(file, digest, hook, write)
    click.echo(token)
    if sys.stdout.isatty():
        said = f"This token is shown only once. {copy(token)}\n{said}"
    click.echo(said, err=True)


def _entry(digest: str) -> str:
    if sys.stdout.isatty():
        return f"An entry for `authentication.tokens` of a hook:\n\n  - sha256: {digest}\n"
    return f"sha256: {digest}"


def _added(file: str, digest: str, hook: str | None, write: bool) -> str:
    """What was done to the file, or would be. Ends the command where it cannot be."""
    try:
        return _write(file, digest, hook) if write else _would(file, digest, hook)
    except UnknownHookError as error:
        raise click.UsageError(str(error)) from error
    except UnsoundError as error:
        click.echo(FORMATS["text"](error.report), nl=False, err=True)
    except CannotAddError as error:
        click.echo(f"gateway: {error}", err=True)
    sys.exit(1)


def _write(file: str, digest: str, hook: str | None) -> str:
    # A link stays a link: the file that it leads to is replaced.
    path = Path(os.path.realpath(file))
    with locked(path):
        source = read_file(file)
        addition = add_digest(source, digest, hook)
        replace(path, source.data, addition.source.data)
    return f"{_place(addition)}: added sha256: {digest}"


def _would(file: str, digest: str, hook: str | None) -> str:
    addition = add_digest(read_file(file), digest, hook)
    return f"{_place(addition)}: would be added (--write does it):\n\n{addition.text}\n"


def _place(addition: Addition) -> str:
    return f"{addition.source.name}:{addition.line}"

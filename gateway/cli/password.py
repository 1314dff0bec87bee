"""`gateway password`: a password becomes a hash that may stand in YAML."""

from __future__ import annotations

import re
import sys

import click

from gateway.cli.command import Command
from gateway.errors import OperatorError
from gateway.runtime.scrypt import make

SHORT = 12
"""Bytes below which a password is remarked upon."""

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
"""RFC 7617, section 2: clients cannot send them."""


@click.command(cls=Command)
def command() -> None:
    """Read a password and print its `scrypt:` line for a user of HTTP Basic.

    On a terminal, the command asks for the password twice and does not show it. On a pipe, it
    reads the first line. Write the printed line below `password:` of a user, or in its braces. A
    hash takes about 60 ms to compute, so a reader of the file cannot try many passwords.

    Exit status: 0 success, 2 an unusable password.

    \b
    Examples:
      gateway password
      gateway password < password.txt
      openssl rand -base64 24 | tee password.txt | gateway password
    """
    password = _asked() if sys.stdin.isatty() else _piped()
    if not password:
        raise OperatorError("the password is empty")
    if _CONTROL.search(password):
        raise OperatorError("the password has control characters, which HTTP Basic does not allow")
    if len(password) < SHORT:
        click.echo(f"gateway: the password has fewer than {SHORT} characters", err=True)
    click.echo(f'scrypt: "{make(password)}"')


def _asked() -> bytes:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password.encode()


def _piped() -> bytes:
    line = sys.stdin.buffer.readline()
    return line.removesuffix(b"\n").removesuffix(b"\r")

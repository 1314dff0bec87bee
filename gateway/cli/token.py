"""`gateway token`: a bearer token for a caller, its digest for the hook."""

from __future__ import annotations

import secrets
from hashlib import sha256

import rich_click as click

PREFIX = "whg_"
"""What secret scanners can look for."""


@click.command()
def command() -> None:
    """Make a bearer token: print it once, with the digest that opens a hook to it.

    \b
    Examples:
      gateway token
    """
    token = PREFIX + secrets.token_urlsafe(32)
    click.echo(token)
    click.echo(f"sha256: {sha256(token.encode()).hexdigest()}", err=True)

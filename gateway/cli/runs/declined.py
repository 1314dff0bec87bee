"""What a gateway declines ends a command with status 1 and its reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from gateway.cli.runs.reaching import DeclinedError
from gateway.errors import OperatorError
from gateway.language.escaping import escaped


@contextmanager
def declining() -> Iterator[None]:
    """Ends the command where the gateway declines what was asked within."""
    try:
        yield
    except DeclinedError as declined:
        if declined.status >= 500:
            raise OperatorError(str(declined)) from None
        click.echo(f"gateway: {escaped(str(declined))}", err=True)
        sys.exit(1)

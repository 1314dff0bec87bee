"""`gateway runs move`: the runs of one store go to another."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from gateway.cli.command import Command
from gateway.cli.formats.report import counted
from gateway.cli.runs.opened import be_silent
from gateway.cli.store_flags import Place, check_store
from gateway.errors import OperatorError
from gateway.language.escaping import escaped
from gateway.runs.transfer.absent import Absent
from gateway.runs.transfer.moving import Move
from gateway.runs.transfer.store import MoveError, Store
from gateway.settings import Settings
from gateway.settings import Store as StoreSettings

EVERY = 2.0
"""Seconds between two lines about how far it is."""


class _End(click.ParamType[str]):
    """A state directory, or a database's URL."""

    name = "store"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value)
        if "://" not in text:
            return text
        flags = "--from" if param.name == "source" else "--to"
        return str(Place(flags).convert(text, param, ctx))


class _Ends(msgspec.Struct, frozen=True, kw_only=True):
    """What the flags say of both stores."""

    secrets: Path | None
    source: str
    source_password: str | None
    source_ca: Path | None
    target: str
    target_password: str | None
    target_ca: Path | None


@click.command(cls=Command)
@click.argument("source", type=_End(), metavar="FROM")
@click.argument("target", type=_End(), metavar="TO")
@click.option(
    "--secrets",
    type=click.Path(path_type=Path),
    envvar="GATEWAY_SECRETS",
    metavar="DIR",
    help="Directory of the secret files. Default: that of GATEWAY_SECRETS.",
)
@click.option(
    "--from-password",
    "source_password",
    metavar="NAME",
    help="Name of the secret with the password for the database FROM.",
)
@click.option(
    "--from-ca",
    "source_ca",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="PEM bundle of authorities that sign the certificate of the database FROM.",
)
@click.option(
    "--to-password",
    "target_password",
    metavar="NAME",
    help="Name of the secret with the password for the database TO.",
)
@click.option(
    "--to-ca",
    "target_ca",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="PEM bundle of authorities that sign the certificate of the database TO.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Check both stores and count the runs, and write nothing.",
)
@click.option(
    "--abandon", is_flag=True, help="Give up a move that has not ended: empty TO, and release FROM."
)
def command(dry_run: bool, abandon: bool, **flags: Any) -> None:
    """Move all runs of the store FROM to the empty store TO.

    FROM and TO are state directories or the URLs of databases. Stop the gateways first. Runs keep
    their ids, states, times, order, keys and outcome URLs. Until the move has ended, no gateway
    uses either store; then gateways use TO, and refuse FROM. A move that was interrupted goes on
    when it is begun again. Encrypted runs are moved as they are, so that TO needs the same
    --store-key.

    Exit status: 0 success, 1 the move was not made, 2 wrong usage.

    \b
    Examples:
      gateway runs move /var/lib/gateway postgres://gateway@db/webhooks --to-password database
      gateway runs move /var/lib/gateway postgres://gateway@db/webhooks --dry-run
      gateway runs move postgres://old/webhooks postgres://new/webhooks --secrets /run/secrets
    """
    if dry_run and abandon:
        raise click.UsageError("--dry-run and --abandon exclude each other")
    be_silent()
    progress = _Progress()
    try:
        asyncio.run(_made(_Ends(**flags), dry_run, abandon, progress))
    except MoveError as error:
        click.echo(f"gateway: {escaped(str(error))}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo(f"gateway: {progress.interrupted}", err=True)
        raise


class _Progress:
    """How far the move is, on standard error, from time to time."""

    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY
        self._done = 0
        self._all = -1

    def __call__(self, done: int, count: int) -> None:
        self._done, self._all = done, count
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            click.echo(f"{done} of {counted(count, 'run')} copied …", err=True)

    @property
    def interrupted(self) -> str:
        """The last word where somebody has interrupted the move."""
        done = "nothing is copied"
        if self._all >= 0:
            done = f"{self._done} of {counted(self._all, 'run')} copied"
        return (
            f"interrupted: {done}; to go on, run the same command again; to give it up, add "
            "--abandon"
        )


async def _made(ends: _Ends, dry_run: bool, abandon: bool, progress: _Progress) -> None:
    place = ends.source, ends.source_password, ends.source_ca
    async with (
        _end("from", ends.secrets, *place, dry=dry_run) as source,
        _end(
            "to", ends.secrets, ends.target, ends.target_password, ends.target_ca, dry=dry_run
        ) as target,
    ):
        move = Move(source, target, progress)
        if abandon:
            await move.abandon()
            click.echo(escaped(f"the move is given up: {source.name} has its runs as before"))
        elif dry_run:
            runs = counted(await move.check(), "run")
            click.echo(escaped(f"{runs} would be moved to {target.name}"))
        else:
            runs = counted(await move.make(), "run")
            click.echo(escaped(f"{runs} moved; start the gateway with {_flags(ends.target)}"))


def _flags(target: str) -> str:
    return f"--store {target}" if "://" in target else f"--state {target}"


@asynccontextmanager
async def _end(
    side: str,
    secrets: Path | None,
    place: str,
    password: str | None,
    ca: Path | None,
    *,
    dry: bool,
) -> AsyncIterator[Store]:
    """One of the two."""
    try:
        store = await _opened(secrets, place, password, ca, new=side == "to", dry=dry)
    except (MoveError, OperatorError) as error:
        raise type(error)(_flags_of(side, str(error))) from error
    try:
        yield store
    finally:
        await store.close()


def _flags_of(side: str, sentence: str) -> str:
    """The sentence about a store with this command's flags in place of those of `serve`."""
    named = re.sub(r"--store-(password|ca)\b", rf"--{side}-\1", sentence)
    return re.sub(r"--store(?![-\w])", side.upper(), named)


async def _opened(
    secrets: Path | None, place: str, password: str | None, ca: Path | None, *, new: bool, dry: bool
) -> Store:
    """Each engine is imported for who has it."""
    if "://" in place:
        from gateway.runs.transfer.postgres import PostgresEnd
        from gateway.runtime.stores import database_of

        given = StoreSettings(
            engine="postgres",
            url=place,
            password=password or "",
            ca=str(ca or ""),
            flags="--to" if new else "--from",
        )
        check_store(given, secrets)
        database = database_of(Settings(hooks=Path(), secrets=secrets, store=given))
        return await PostgresEnd.opened(database, new, dry)
    if password or ca:
        raise OperatorError(f"{place} is a directory, which has no password and no certificate")
    from gateway.runs.transfer.sqlite import SqliteEnd

    if dry and new and not (Path(place) / "runs.db").exists():
        return Absent(place)
    return SqliteEnd(Path(place), new)

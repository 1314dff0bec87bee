"""The flags of `serve` about stored runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from gateway.cli.parameters import Size, WholeNumber, flag
from gateway.errors import OperatorError
from gateway.settings import Store

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+", re.ASCII)
_TAKEN = re.compile(r"/-/(?!outcome(?:/|$))")
"""Paths of operators, now or later."""


class Place(click.ParamType[str]):
    """Where runs are kept: `sqlite`, a file in the state directory, or a database's URL."""

    name = "store"

    def __init__(self, flags: str = "--store") -> None:
        self._flags = flags

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value)
        if "://" in text:
            # Imported for a URL: most gateways have none. What is wrong may hold a password, so it
            # is not shown.
            from gateway.runs.postgres.address import parse

            try:
                parse(text, flags=self._flags)
            except ValueError as error:
                self.fail(f"{error}", param, ctx)
        elif text != "sqlite":
            # It may hold a password as well.
            self.fail("a store is sqlite or postgres://USER@HOST/DB", param, ctx)
        return text


class OutcomePath(click.ParamType[str]):
    """A path without parameters, `/-/outcome` or `/outcome`."""

    name = "path"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value)
        if not _PATH.fullmatch(text) or {".", ".."} & set(text.split("/")):
            self.fail(f"{text!r} is not a path such as /-/outcome or /outcome", param, ctx)
        if _TAKEN.match(f"{text}/"):
            self.fail(f"{text!r} belongs to operators; write /-/outcome or /outcome", param, ctx)
        return text


STORE = (
    flag(
        "--store",
        default="sqlite",
        type=Place(),
        metavar="STORE",
        help="Where runs of durable hooks are kept: sqlite, a file in the state directory, or "
        "postgres://USER@HOST/DB, a database that several gateways share.",
    ),
    flag(
        "--store-password",
        default="",
        show_default=False,
        metavar="NAME",
        help="Name of the secret with the password of the database's user.",
    ),
    flag(
        "--store-ca",
        type=click.Path(path_type=Path),
        default=None,
        show_default=False,
        metavar="FILE",
        help="PEM bundle of authorities that sign the database's certificate. With it, the "
        "certificate is verified.",
    ),
    flag(
        "--store-key",
        default="",
        show_default=False,
        metavar="NAME",
        help="Name of the secret with the keys that encrypt stored requests and answers, one of 32 "
        "bytes in base64 a line: the first encrypts, all decrypt. Without it, they are not "
        "encrypted.",
    ),
    flag(
        "--store-durability",
        type=click.Choice(["local", "replicated"]),
        default="local",
        metavar="WHERE",
        help="Where a run has to be stored before the caller is answered: local (the database) or "
        "replicated (a synchronous standby as well).",
    ),
    flag(
        "--store-size",
        default="4GiB",
        type=Size(64, "4GiB"),
        metavar="SIZE",
        help="Most disk space for runs in SQLite. At four fifths of it, durable hooks answer 503.",
    ),
    flag(
        "--store-runs",
        default=1_000_000,
        type=WholeNumber(1, 100_000_000),
        metavar="NUMBER",
        help="Most unfinished runs of all hooks. Beyond it, durable hooks answer 503.",
    ),
    flag(
        "--target-concurrency",
        default=64,
        type=WholeNumber(1, 4096),
        metavar="NUMBER",
        help="Most deliveries in flight to one host and port, for all durable hooks.",
    ),
    flag(
        "--outcome-path",
        default="/-/outcome",
        type=OutcomePath(),
        metavar="PATH",
        help="Path below which callers ask for the outcome of their runs.",
    ),
)


def store_of(flags: dict[str, Any]) -> Store:
    """Take the settings of the store out of the flags. Raises OperatorError where they do not fit
    together.
    """
    place, ca = flags.pop("store"), flags.pop("store_ca")
    found = Store(
        engine="sqlite" if place == "sqlite" else "postgres",
        url="" if place == "sqlite" else place,
        password=flags.pop("store_password"),
        key=flags.pop("store_key"),
        ca="" if ca is None else str(ca),
        durability=flags.pop("store_durability"),
        size=flags.pop("store_size"),
        runs=flags.pop("store_runs"),
        target_concurrency=flags.pop("target_concurrency"),
        outcome_path=flags.pop("outcome_path"),
    )
    check_store(found, flags["secrets"])
    return found


def check_store(store: Store, secrets: Path | None) -> None:
    """Raises OperatorError where flags do not fit together, or name what cannot be used."""
    if store.key and secrets is None:
        raise OperatorError(
            "--store-key names a secret: set --secrets to the directory that contains it"
        )
    if store.engine == "sqlite":
        if store.password or store.ca or store.durability != "local":
            raise OperatorError(
                "--store-password, --store-ca and --store-durability are for a database: "
                "set --store postgres://USER@HOST/DB"
            )
        return
    if store.password and secrets is None:
        raise OperatorError(
            f"{store.flags}-password names a secret: set --secrets to the directory that contains "
            "it"
        )
    from gateway.runs.postgres.address import parse

    try:
        parse(store.url, store.ca, store.flags).tls()
    except ValueError as error:
        raise OperatorError(f"{store.flags}: {error}") from None
    except OSError as error:
        raise OperatorError(
            f"{store.flags}-ca: {store.ca} cannot be read: {error.strerror}"
        ) from None

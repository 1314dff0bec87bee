"""The flags of `serve` about stored runs."""

from __future__ import annotations

import re
from typing import Any

import click

from gateway.cli.parameters import Size, WholeNumber, flag
from gateway.settings import Store

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+", re.ASCII)
_TAKEN = re.compile(r"/-/(?!outcome(?:/|$))")
"""Paths of operators, now or later."""


class Engine(click.ParamType[str]):
    """Where runs are kept: `sqlite`, a file in the state directory."""

    name = "store"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if "://" in str(value):
            # The address may hold a password, so it is not shown.
            self.fail("this version keeps runs in SQLite only; write sqlite", param, ctx)
        if value != "sqlite":
            self.fail(f"{value!r} is not a store; write sqlite", param, ctx)
        return "sqlite"


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
        type=Engine(),
        metavar="STORE",
        help="Where runs of durable hooks are kept: sqlite, a file in the state directory.",
    ),
    flag(
        "--store-size",
        default="4GiB",
        type=Size(64, "4GiB"),
        metavar="SIZE",
        help="Most disk space for stored runs. At four fifths of it, durable hooks answer 503.",
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
    """Take the settings of the store out of the flags."""
    return Store(
        engine=flags.pop("store"),
        size=flags.pop("store_size"),
        runs=flags.pop("store_runs"),
        target_concurrency=flags.pop("target_concurrency"),
        outcome_path=flags.pop("outcome_path"),
    )

"""The flags with which every command about runs finds them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import click

from gateway.cli.parameters import BaseUrl, is_base_url
from gateway.cli.store_flags import Place
from gateway.errors import GatewayError, OperatorError

TOKEN = "GATEWAY_TOKEN"  # noqa: S105 - the name of a variable


class DeclinedError(GatewayError):
    """The gateway does not do it, and says why. `status` is that of HTTP."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Runs(Protocol):
    """Where runs are: a gateway, the directory of one that is stopped, or a database."""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of an answer. Raises DeclinedError and OperatorError.

        `path` is one below `/-/runs`, with its query.
        """

    def hooks(self) -> list[str]:
        """The names of the loaded hooks; none where no gateway runs. Raises as `ask` does."""


_FLAGS = (
    click.option(
        "--url",
        type=BaseUrl(),
        metavar="BASE",
        help="Address of the gateway's operators. Default: that of GATEWAY_ADMIN_LISTEN, "
        "otherwise http://127.0.0.1:8080.",
    ),
    click.option(
        "--secrets",
        type=click.Path(path_type=Path),
        envvar="GATEWAY_SECRETS",
        metavar="DIR",
        help="Directory of the secret files. Default: that of GATEWAY_SECRETS.",
    ),
    click.option(
        "--admin-token",
        envvar="GATEWAY_ADMIN_TOKEN",
        metavar="NAME",
        help="Name of the secret with the admin token. Default: that of GATEWAY_ADMIN_TOKEN. "
        f"Without it, the token is in the variable {TOKEN}.",
    ),
)
STOPPED = click.option(
    "--state-dir",
    "state_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="State directory of a gateway that is stopped, to open instead of asking one.",
)
_STORE = (
    click.option(
        "--store",
        type=Place(),
        metavar="URL",
        help="Database of several gateways, to open instead of asking one: postgres://USER@HOST/DB.",
    ),
    click.option(
        "--store-password",
        envvar="GATEWAY_STORE_PASSWORD",
        metavar="NAME",
        help="Name of the secret with the password of the database's user, with --store. Default: "
        "that of GATEWAY_STORE_PASSWORD.",
    ),
    click.option(
        "--store-ca",
        type=click.Path(path_type=Path),
        envvar="GATEWAY_STORE_CA",
        metavar="FILE",
        help="PEM bundle of authorities that sign the database's certificate, with --store. "
        "Default: that of GATEWAY_STORE_CA.",
    ),
    click.option(
        "--store-key",
        envvar="GATEWAY_STORE_KEY",
        metavar="NAME",
        help="Name of the secret with the keys that decrypt payloads, with --store or --state-dir. "
        "Default: that of GATEWAY_STORE_KEY.",
    ),
)


def reaching(command: Any) -> Any:
    """Give a command the flags that `reach` takes."""
    for one in (*reversed(_STORE), STOPPED, *reversed(_FLAGS)):
        command = one(command)
    return command


@contextmanager
def reach(flags: dict[str, Any]) -> Iterator[Runs]:
    """Where the flags say that the runs are. Raises OperatorError."""
    _check_one(flags)
    if flags["state_dir"] is not None:
        from gateway.cli.runs.stopped import stopped

        with stopped(flags["state_dir"], flags["secrets"], flags["store_key"] or "") as runs:
            yield runs
        return
    if flags["store"] is not None:
        from gateway.cli.runs.shared import shared

        with shared(flags) as runs:
            yield runs
        return
    from gateway.cli.runs.remote import Remote

    yield Remote(flags["url"] or _default(), _token(flags["secrets"], flags["admin_token"]))


def _check_one(flags: dict[str, Any]) -> None:
    places = [name for name in ("--url", "--state-dir", "--store") if flags[_key(name)] is not None]
    if len(places) > 1:
        raise OperatorError(f"{' and '.join(places)} exclude each other")
    if flags["store"] == "sqlite":
        raise OperatorError("--store is for a database; for a directory, set --state-dir")


def _key(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")


def _default() -> str:
    listening = os.environ.get("GATEWAY_ADMIN_LISTEN", "")
    port = os.environ.get("GATEWAY_PORT", "8080")
    url = address(listening or f"127.0.0.1:{port}")
    if not is_base_url(url):
        name = "GATEWAY_ADMIN_LISTEN" if listening else "GATEWAY_PORT"
        raise OperatorError(f"{name} is not an address that can be asked; set --url")
    return url


def address(listening: str) -> str:
    """A URL that one can connect to, of an address to listen on."""
    host, _, port = listening.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - is compared
    return f"http://{host}:{port}"


def _token(secrets: Path | None, name: str | None) -> str:
    token = _token_as_written(secrets, name)
    if not (token.isascii() and token.isprintable()):
        raise OperatorError("the admin token has a character that no header can have")
    return token


def _token_as_written(secrets: Path | None, name: str | None) -> str:
    if name is None:
        token = os.environ.get(TOKEN, "")
        if not token:
            raise OperatorError(
                "the admin token is needed: set --secrets and --admin-token as for gateway serve, "
                f"or the variable {TOKEN}"
            )
        return token
    path = (secrets or Path()) / name
    try:
        # As `serve` reads it: the newline at the end is the editor's.
        return path.read_text().removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"the admin token cannot be read from {path}: {error}") from None

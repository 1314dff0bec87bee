"""What errors of the database mean, and what an operator can do about them."""

from __future__ import annotations

import errno
import os
import ssl
from typing import Literal

import asyncpg

from gateway.runs.postgres.address import Address

Meaning = Literal["lost", "later", "statement"]
"""The connection is of no use any more; the same may work later; the statement itself is wrong."""
EXPECTED = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What a database and the way there may do; everything else is a mistake of ours."""
_GONE = frozenset({"08", "57", "58", "XX", "28", "3D"})
"""Classes of SQLSTATE: connections, intervention, system, internal, authorization, no database."""
_LATER = frozenset({"40", "53", "55", "42", "3F"})
"""Conflicts, resources, locks; rights and tables, which an administrator may give back."""
_READ_ONLY = "25006"


class Unfit(Exception):  # noqa: N818 - it says what the database is
    """The database is there and cannot be used; why, and what to do, in a sentence."""


class StalledError(OSError):
    """The database is there and makes nothing durable now; why, in a sentence."""


LASTING = (
    Unfit,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    ssl.SSLCertVerificationError,
)
"""What an operator has to change."""
_NO_TLS = "rejected SSL upgrade"
"""What the client says of a server without TLS."""


def meaning(error: Exception) -> Meaning:
    """What to do after an error of a statement."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        if state == _READ_ONLY or state[:2] in _GONE or state == "25P03":
            return "lost"
        return "later" if state[:2] in _LATER else "statement"
    return "lost"


def sentence(error: BaseException, address: Address) -> str:
    """Why there is no connection, for operators."""
    if isinstance(error, (Unfit, StalledError)):
        return str(error)
    if isinstance(error, asyncpg.PostgresError):
        return _refused(error, address)
    if isinstance(error, TimeoutError):
        return f"{address} does not answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{address} has a certificate that is not trusted ({error.verify_message}): correct "
            "--store-ca, the host in --store, or the certificate"
        )
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return f"{address} names no server that takes writes: standbys are there, and no primary"
    if isinstance(error, ConnectionError) and _NO_TLS in str(error):
        return f"{address} has no TLS, which sslmode={address.mode} needs: turn it on in the server"
    if isinstance(error, OSError):
        return f"{address} cannot be reached: {_reason(error)}"
    return f"the connection to {address} is lost: {error}"


def _reason(error: OSError) -> str:
    """In the system's words; an event loop writes its own, with the address in it again."""
    if error.errno is not None and error.errno in errno.errorcode:
        return os.strerror(error.errno)
    return error.strerror or str(error)


def _refused(error: asyncpg.PostgresError, address: Address) -> str:
    """What the server's own error means."""
    match error:
        case asyncpg.InvalidPasswordError():
            return (
                f"{address} does not accept the password of {_user(address)}: "
                "--store-password has to name the secret that contains the right one"
            )
        case asyncpg.InvalidAuthorizationSpecificationError():
            return (
                f"{address} does not let {_user(address)} in: see its pg_hba.conf ({_said(error)})"
            )
        case asyncpg.InvalidCatalogNameError():
            return f"{address} has no database of this name: create it, or correct --store"
        case asyncpg.InsufficientPrivilegeError():
            return rights(address, _said(error))
        case asyncpg.TooManyConnectionsError():
            return (
                f"{address} has no connection left: raise max_connections, or start fewer workers, "
                "which take three each"
            )
        case asyncpg.CannotConnectNowError():
            return f"{address} is starting or shutting down"
    return f"{address} refuses: {_said(error)}"


def rights(address: Address, said: str) -> str:
    """The sentence for rights that are missing."""
    user = _user(address)
    return (
        f"{user} lacks rights in {address.database} ({said}): "
        f"run CREATE SCHEMA IF NOT EXISTS gateway AUTHORIZATION {user} there as an administrator"
    )


def _user(address: Address) -> str:
    return address.user or "the user"


def _said(error: asyncpg.PostgresError) -> str:
    """The first line of what the server said."""
    return str(error).partition("\n")[0]

"""What errors of the database mean, and what an operator can do about them."""

from __future__ import annotations

import errno
import os
import ssl
from typing import Literal

import asyncpg

from gateway.runs.postgres.address import Address
from gateway.runs.postgres.refusals import refused

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
_GONE = frozenset({"08", "57", "58", "XX", "28", "3D", "42", "3F"})
"""Classes of SQLSTATE: connections, intervention, system, internal, authorization, no database;
rights and tables, which an administrator has taken away: a new connection finds out what is wrong.
"""
_LATER = frozenset({"40", "53", "55"})
"""Conflicts, resources, locks."""
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
        return refused(error, address)
    if isinstance(error, TimeoutError):
        return f"{address} does not answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{address} has a certificate that is not trusted ({error.verify_message}): correct "
            f"{address.flags}-ca, the host in the URL, or the certificate"
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

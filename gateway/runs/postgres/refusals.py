"""What a server says when it refuses a connection or a statement, and what to do about it."""

from __future__ import annotations

import asyncpg

from gateway.runs.postgres.address import Address


def refused(error: asyncpg.PostgresError, address: Address) -> str:
    """What the server's own error means, in a sentence."""
    if _is_missing(error, address):
        return f"{address} has no database of this name: create it, or correct the URL"
    match error:
        case asyncpg.InvalidPasswordError():
            return (
                f"{address} does not accept the password of {_user(address)}, or got none: "
                f"let {address.flags}-password name a secret with the right one"
            )
        case asyncpg.InvalidAuthorizationSpecificationError():
            return (
                f"{address} does not let {_user(address)} in: see its pg_hba.conf ({_said(error)})"
            )
        case asyncpg.InsufficientPrivilegeError():
            return _without_right(error, address)
        case asyncpg.TooManyConnectionsError():
            return _full(error, address)
        case asyncpg.CannotConnectNowError():
            return f"{address} is starting or shutting down"
    return f"{address} refuses: {_said(error)}{_remedy(error, address)}"


def _is_missing(error: asyncpg.PostgresError, address: Address) -> bool:
    """A pooler hands on the words of a server with a code of its own."""
    missing = f'database "{address.database}" does not exist'
    return isinstance(error, asyncpg.InvalidCatalogNameError) or missing in str(error)


def _full(error: asyncpg.PostgresError, address: Address) -> str:
    what = "max_connections"
    if "too many connections for" in str(error):
        what = "CONNECTION LIMIT with ALTER ROLE or ALTER DATABASE"
    return (
        f"{address} has no connection left ({_said(error)}): raise {what}, or start fewer workers, "
        "which take three each"
    )


def _remedy(error: asyncpg.PostgresError, address: Address) -> str:
    if isinstance(error, asyncpg.QueryCanceledError):
        return f"; raise statement_timeout for {_user(address)}"
    if isinstance(error, asyncpg.LockNotAvailableError):
        return "; another gateway makes the tables, or somebody has locked them: see pg_locks"
    return ""


def _without_right(error: asyncpg.PostgresError, address: Address) -> str:
    """What an administrator does about a right that is missing."""
    user, said = _user(address), _said(error)
    if "CONNECT" in (error.detail or ""):
        remedy = f"run GRANT CONNECT ON DATABASE {address.database} TO {user} as an administrator"
        return f"{user} lacks rights in {address.database} ({said}): {remedy}"
    return not_owner(address, said)


def no_schema(address: Address) -> str:
    """The sentence for a user who cannot make the schema."""
    user = _user(address)
    return (
        f"{user} lacks rights in {address.database} (no schema can be created): "
        f"run CREATE SCHEMA gateway AUTHORIZATION {user} there as an administrator"
    )


def not_owner(address: Address, said: str) -> str:
    """The sentence for a schema, or tables in it, that belong to another user."""
    user = _user(address)
    return (
        f"{user} lacks rights in {address.database} ({said}): connect as the user who owns the "
        f"schema gateway, or make {user} the owner of it and of its tables, with ALTER SCHEMA and "
        "ALTER TABLE … OWNER TO as an administrator"
    )


def incomplete(address: Address) -> str:
    """The sentence for tables without what every store has."""
    return (
        f"the tables in {address} are not complete: restore the schema gateway from a backup, or "
        "run DROP SCHEMA gateway CASCADE to begin without runs"
    )


def _user(address: Address) -> str:
    return address.user or "the user"


def _said(error: asyncpg.PostgresError) -> str:
    """The first line of what the server said."""
    return str(error).partition("\n")[0]

"""Where the database is: a URL as PostgreSQL's own programs take it, without the password."""

from __future__ import annotations

import ssl
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

Verification = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]
MODES: Final = ("disable", "prefer", "require", "verify-ca", "verify-full")
PORT = 5432


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A database. Of several `hosts` the first is used that takes writes, as after a failover.

    `user` is empty where the system's user is meant; `ca` is a file of certificates in PEM, empty
    for those that the system trusts. `flags` is how the names of its flags begin.
    """

    hosts: tuple[tuple[str, int], ...]
    database: str
    user: str = ""
    mode: Verification = "prefer"
    ca: str = ""
    flags: str = "--store"

    def __str__(self) -> str:
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        return f"postgres://{hosts}/{self.database}"

    def tls(self) -> ssl.SSLContext | Literal["prefer", False]:
        """What the client is to do about TLS. Raises OSError for an unreadable file."""
        if self.mode == "disable":
            return False
        if self.mode == "prefer":
            return "prefer"
        context = ssl.create_default_context(cafile=self.ca or None)
        context.check_hostname = self.mode == "verify-full"
        if self.mode == "require":
            context.verify_mode = ssl.CERT_NONE
        return context


def parse(url: str, ca: str = "", flags: str = "--store") -> Address:
    """The address that a URL gives. Raises ValueError with a sentence that repeats no password.

    With `ca`, and where the URL does not say otherwise, the server's certificate is verified.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("the brackets around an IPv6 address do not match") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("a store is sqlite or postgres://host/database")
    login, _, places = parts.netloc.rpartition("@")
    if ":" in login:
        raise ValueError(
            "a password in the URL is seen by everybody on the host: "
            f"keep it as a secret and name that with {flags}-password"
        )
    database = unquote(parts.path.removeprefix("/"))
    if not places or not database or "/" in database:
        raise ValueError("the URL names no host or no database: postgres://host/database")
    return Address(
        hosts=tuple(_host(place) for place in places.split(",")),
        database=database,
        user=unquote(login),
        mode=_mode(parts.query, ca, flags),
        ca=ca,
        flags=flags,
    )


def _host(place: str) -> tuple[str, int]:
    name, bracket, rest = place.rpartition("]")
    host, colon, port = rest.partition(":") if bracket else place.partition(":")
    host = name.removeprefix("[") if bracket else unquote(host)
    if not host:
        raise ValueError("the URL names no host: postgres://host/database")
    if colon and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"{port!r} is not a port")
    return host, int(port) if colon else PORT


def _mode(query: str, ca: str, flags: str) -> Verification:
    mode: str = "verify-full" if ca else "prefer"
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name != "sslmode":
            raise ValueError(f"the URL may have sslmode, and not {name}")
        mode = value
    if mode not in MODES:
        raise ValueError(f"sslmode={mode} is not one of {', '.join(MODES)}")
    if ca and mode not in ("verify-ca", "verify-full"):
        raise ValueError(f"{flags}-ca verifies nothing with sslmode={mode}: write verify-full")
    found: Verification = msgspec.convert(mode, Verification)
    return found

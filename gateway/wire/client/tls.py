"""TLS to servers: whom we trust, and who we are where they ask."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol


class Identity(Protocol):
    """Who we are to servers, and whom we trust. `context` is another object once that changed, and
    None while we have lost what proves it: then nothing is sent.
    """

    @property
    def context(self) -> ssl.SSLContext | None: ...


class Nobody:
    """Most clients: nothing that proves who they are."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context


def trusting(ca_file: Path | None = None) -> ssl.SSLContext:
    """The system's roots and those of a PEM bundle; TLS 1.2 or newer, HTTP/1.1.

    Reading the roots takes some 10 ms. Raises OSError where the bundle cannot be read or has no
    certificates.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def identify(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Give a context the client certificate, with its chain, and its private key, both PEM.

    Raises ValueError, with a sentence that holds no part of them.
    """
    if b"-----BEGIN CERTIFICATE-----" not in certificate:
        raise ValueError("the certificate is not in PEM form")
    if b"PRIVATE KEY-----" not in key:
        raise ValueError("the key is not a private key in PEM form")
    with _file(certificate) as certificate_file, _file(key) as key_file:
        try:
            context.load_cert_chain(certificate_file, key_file, _no_passphrase)
        except ssl.SSLError as error:
            raise ValueError(_reason(error)) from None


def _no_passphrase() -> bytes:
    """Without it OpenSSL asks on the terminal."""
    raise ValueError("the key is encrypted; a key without a passphrase is needed")


def _reason(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key does not match the certificate"
    return f"OpenSSL cannot read the certificate or the key ({error.reason or 'malformed'})"


@contextmanager
def _file(data: bytes) -> Iterator[str]:
    """A file with these bytes, as OpenSSL reads nothing else: in memory where there is such."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("pem"), "wb", buffering=0) as file:
            file.write(data)
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.name

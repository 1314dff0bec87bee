"""TLS proves who answers, and who asks."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from gateway.wire.client import Client, Endpoint
from gateway.wire.client.errors import Broke, BrokeOff, Late, Untrusted
from gateway.wire.client.tls import Nobody, identify, trusting
from tests.wire.client.site import FINE, OK, RUNS, Script, Server, answering, get, serving

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _url(server: Server) -> Endpoint:
    return Endpoint.of(f"https://localhost:{server.port}/")


def test_a_server_that_a_bundle_vouches_for_is_called(
    run: Run, authority: trustme.CA, bundle: Path
) -> None:
    context = _context(authority.issue_cert("localhost", "127.0.0.1"))
    named: list[object] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)

    async def story() -> None:
        client = Client(bundle)
        async with serving(answering(FINE), context) as server:
            for _ in range(3):
                assert (await get(client.pool(_url(server)))).body == b"fine"
            assert server.connections == 1
            by_address = Endpoint.of(f"https://127.0.0.1:{server.port}/")
            assert (await get(client.pool(by_address))).body == b"fine"
            assert named == ["localhost", None]
            await client.close()

    run(story())


def _expired(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))


WRONG: dict[str, Callable[[trustme.CA], trustme.LeafCert]] = {
    "another host": lambda authority: authority.issue_cert("other.example"),
    "expired": _expired,
    "another authority": lambda _: trustme.CA().issue_cert("localhost"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_server_that_is_not_who_it_should_be_gets_nothing(
    run: Run, authority: trustme.CA, bundle: Path, kind: str
) -> None:
    context = _context(WRONG[kind](authority))

    async def story() -> None:
        client = Client(bundle)
        async with serving(answering(FINE), context) as server:
            with pytest.raises(Untrusted, match="verify failed"):
                await get(client.pool(_url(server)))
            assert not server.requests
        await client.close()

    run(story())


def test_without_the_bundle_its_servers_are_not_trusted(run: Run, authority: trustme.CA) -> None:
    context = _context(authority.issue_cert("localhost"))

    async def story() -> None:
        client = Client()
        async with serving(answering(FINE), context) as server:
            with pytest.raises(Untrusted):
                await get(client.pool(_url(server)))
        await client.close()

    run(story())


def _hasty(_server: Server) -> Script:
    async def serve(
        _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
    ) -> None:
        writer.write(FINE)

    return serve


def test_a_server_without_tls_is_refused(run: Run, bundle: Path) -> None:
    async def story() -> None:
        client = Client(bundle)
        async with serving(_hasty) as server:
            with pytest.raises(Untrusted):
                await get(client.pool(_url(server)))
        await client.close()

    run(story())


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_server_with_old_tls_is_refused(run: Run, authority: trustme.CA, bundle: Path) -> None:
    context = _context(authority.issue_cert("localhost"))
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1

    async def story() -> None:
        client = Client(bundle)
        async with serving(answering(FINE), context) as server:
            with pytest.raises(Untrusted):
                await get(client.pool(_url(server)))
            assert not server.requests
        await client.close()

    run(story())


def test_a_handshake_that_never_comes_is_late(run: Run, bundle: Path) -> None:
    def script(_server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await reader.read()
            await asyncio.Event().wait()

        return serve

    async def story() -> None:
        client = Client(bundle)
        async with serving(script) as server:
            with pytest.raises(Late):
                await get(client.pool(_url(server)), 0.1)
        await client.close()

    run(story())


@pytest.mark.parametrize("orderly", [True, False])
def test_an_answer_without_a_length_ends_where_tls_ends_and_not_where_it_is_cut(
    run: Run, authority: trustme.CA, bundle: Path, orderly: bool
) -> None:
    """A stranger on the way can cut a connection, but not end TLS (RFC 9112 §9.8)."""

    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await server.request(reader)
            writer.write(OK + b"\r\nuntil the end")
            await writer.drain()
            if not orderly:
                writer.transport.abort()

        return serve

    async def story() -> None:
        client = Client(bundle)
        context = _context(authority.issue_cert("localhost"))
        async with serving(script, context) as server:
            pool = client.pool(_url(server))
            if orderly:
                assert (await get(pool)).body == b"until the end"
            else:
                with pytest.raises(BrokeOff):
                    await get(pool)
        await client.close()

    run(story())


def _identity(authority: trustme.CA, bundle: Path, name: str) -> Nobody:
    certificate = authority.issue_cert(name)
    context = trusting(bundle)
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    identify(context, chain, certificate.private_key_pem.bytes())
    return Nobody(context)


def test_a_client_certificate_is_shown_and_another_one_needs_another_connection(
    run: Run, authority: trustme.CA, bundle: Path
) -> None:
    context = _context(authority.issue_cert("localhost"))
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    shown: list[str] = []

    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            while True:
                await server.request(reader)
                certificate = writer.get_extra_info("peercert")
                shown.append(certificate["subjectAltName"][0][1])
                writer.write(FINE)

        return serve

    async def story() -> None:
        client = Client(bundle)
        identity = _identity(authority, bundle, "one.example")
        async with serving(script, context) as server:
            pool = client.pool(_url(server), identity)
            for name in ("one.example", "one.example", "two.example"):
                if name.startswith("two"):
                    identity.context = _identity(authority, bundle, name).context
                assert (await get(pool)).body == b"fine"
            assert shown == ["one.example", "one.example", "two.example"]
            assert server.connections == 2
            with pytest.raises((Untrusted, Broke)):
                await get(client.pool(_url(server)))
            assert len(server.requests) == 3
        await client.close()

    run(story())


def test_what_is_no_certificate_with_its_key_is_told(authority: trustme.CA) -> None:
    one, other = authority.issue_cert("one.example"), authority.issue_cert("two.example")
    chain, key = one.cert_chain_pems[0].bytes(), one.private_key_pem.bytes()
    for certificate, private, problem in (
        (b"x", key, "the certificate is not in PEM form"),
        (chain, b"x", "the key is not a private key in PEM form"),
        (chain, chain, "the key is not a private key in PEM form"),
        (chain, other.private_key_pem.bytes(), "the key does not match the certificate"),
        (chain[:200], key, "the certificate is not in PEM form|OpenSSL cannot read"),
    ):
        with pytest.raises(ValueError, match=problem):
            identify(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificate, private)


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_passphrase(
    authority: trustme.CA,
) -> None:
    from cryptography.hazmat.primitives import serialization

    one = authority.issue_cert("one.example")
    key = serialization.load_pem_private_key(one.private_key_pem.bytes(), None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    with pytest.raises(ValueError, match="encrypted"):
        identify(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), one.cert_chain_pems[0].bytes(), encrypted)

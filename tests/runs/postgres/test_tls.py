"""The connection to the database is encrypted, and its certificate verified, as the URL says."""

from __future__ import annotations

import os
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
import trustme

from gateway.runs.postgres.address import parse
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import EXPECTED, LASTING, sentence
from gateway.runs.postgres.session import Session
from tests.runs.postgres.stores import in_loop
from tests.support.postgres import PASSWORD, Server, installed, server, unprivileged
from tests.support.proxy import Proxy


class Encrypted(Protocol):
    """What listens with TLS."""

    port: int

    async def encrypts(self, session: Session) -> bool:
        """Whether the connection is encrypted that was made last."""

    def close(self) -> None: ...


class Terminated(Proxy):
    """TLS that ends before the server, whose package has none."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        super().__init__(server().port, context)
        self._before = 0

    async def encrypts(self, _session: Session) -> bool:
        before, self._before = self._before, self.encrypted
        return self.encrypted > before


class Own(Server):
    """A server's own TLS."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        if (programs := installed()) is None:
            pytest.skip("no server with TLS is installed: apt-get install postgresql")
        self._files = Path(tempfile.mkdtemp(prefix="tls"))
        chain, key = self._files / "chain.pem", self._files / "key.pem"
        chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        key.chmod(0o600)
        if user := unprivileged():
            for path in (self._files, chain, key):
                os.chown(path, user["user"], user["group"])
        super().__init__(
            programs=programs, ssl="on", ssl_cert_file=str(chain), ssl_key_file=str(key)
        )
        self.start()

    async def encrypts(self, session: Session) -> bool:
        return bool((await session.fetch(_ENCRYPTED))[0][0])

    def close(self) -> None:
        super().close()
        shutil.rmtree(self._files)


_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid=pg_backend_pid()"


class Site:
    """A server with a certificate for `localhost`, and files with its authority and another one."""

    def __init__(self, directory: Path, kind: type[Terminated | Own]) -> None:
        authority = trustme.CA()
        self.own, self.other = directory / "own.pem", directory / "other.pem"
        authority.cert_pem.write_to_path(str(self.own))
        trustme.CA().cert_pem.write_to_path(str(self.other))
        self.at: Encrypted = kind(authority.issue_cert("localhost"))


@pytest.fixture(scope="module", params=[Terminated, Own], ids=["terminated", "own"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("tls"), request.param)
    yield made
    made.at.close()


def database(at: Encrypted | Server, host: str, mode: str, ca: Path | None = None) -> Database:
    url = f"postgres://postgres@{host}:{at.port}/postgres?sslmode={mode}"
    return Database(parse(url, str(ca or "")), lambda: PASSWORD)


async def is_encrypted(site: Site, made: Database) -> bool:
    session = await made.dial()
    try:
        assert (await session.fetch("SELECT 1"))[0][0] == 1
        return await site.at.encrypts(session)
    finally:
        session.terminate()


async def refusal(made: Database) -> str:
    with pytest.raises(EXPECTED) as refused:
        await made.dial()
    if "certificate" in str(refused.value):
        assert isinstance(refused.value, LASTING)
    return sentence(refused.value, made.address)


@pytest.mark.parametrize(
    ("host", "mode"),
    [("localhost", "verify-full"), ("127.0.0.1", "verify-ca"), ("127.0.0.1", "require")],
)
@in_loop
async def test_a_certificate_of_the_authority_is_taken(site: Site, host: str, mode: str) -> None:
    ca = None if mode == "require" else site.own
    assert await is_encrypted(site, database(site.at, host, mode, ca))


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
@in_loop
async def test_a_certificate_of_another_authority_is_refused(site: Site, mode: str) -> None:
    said = await refusal(database(site.at, "localhost", mode, site.other))
    assert "has a certificate that is not trusted" in said
    assert "--store-ca" in said


@in_loop
async def test_a_certificate_of_another_host_is_refused(site: Site) -> None:
    said = await refusal(database(site.at, "127.0.0.1", "verify-full", site.own))
    assert "127.0.0.1" in said
    assert "the host in the URL" in said


@in_loop
async def test_a_private_authority_is_not_one_of_the_system(site: Site) -> None:
    said = await refusal(database(site.at, "localhost", "verify-full"))
    assert "has a certificate that is not trusted" in said


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
@in_loop
async def test_a_server_without_tls_is_refused_where_it_is_asked_for(
    tmp_path: Path, mode: str
) -> None:
    authority = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(authority))
    ca = None if mode == "require" else authority
    said = await refusal(database(server(), "localhost", mode, ca))
    assert f"has no TLS, which sslmode={mode} needs" in said


@in_loop
async def test_without_a_word_about_it_tls_is_used_where_it_is_there(site: Site) -> None:
    assert await is_encrypted(site, database(site.at, "127.0.0.1", "prefer"))
    assert not await is_encrypted(site, database(site.at, "127.0.0.1", "disable"))
    assert not await is_encrypted(site, database(server(), "127.0.0.1", "prefer"))


@in_loop
async def test_a_server_that_takes_encrypted_connections_alone_says_so(site: Site) -> None:
    if not isinstance(site.at, Own):
        pytest.skip("the server behind has no TLS of its own")
    hba = site.at.data / "pg_hba.conf"
    hba.write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    site.at.reload()
    said = await refusal(database(site.at, "127.0.0.1", "disable"))
    assert "see its pg_hba.conf" in said
    assert "no encryption" in said
    assert await is_encrypted(site, database(site.at, "localhost", "verify-full", site.own))

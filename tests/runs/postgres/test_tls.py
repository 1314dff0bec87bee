"""The connection to the database is encrypted, and its certificate verified, as the URL says."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from gateway.runs.postgres.address import parse
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import EXPECTED, LASTING, sentence
from tests.runs.postgres.stores import in_loop
from tests.support.postgres import PASSWORD, Server, server
from tests.support.proxy import Proxy


class Site:
    """A server with a certificate for `localhost`, and files with its authority and another one.

    The server of the package has no TLS: it ends before it.
    """

    def __init__(self, directory: Path) -> None:
        authority = trustme.CA()
        self.own, self.other = directory / "own.pem", directory / "other.pem"
        authority.cert_pem.write_to_path(str(self.own))
        trustme.CA().cert_pem.write_to_path(str(self.other))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.proxy = Proxy(server().port, context)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("tls"))
    yield made
    made.proxy.close()


def database(at: Proxy | Server, host: str, mode: str, ca: Path | None = None) -> Database:
    url = f"postgres://postgres@{host}:{at.port}/postgres?sslmode={mode}"
    return Database(parse(url, str(ca or "")), lambda: PASSWORD)


async def is_encrypted(site: Site, made: Database) -> bool:
    before = site.proxy.encrypted
    session = await made.dial()
    try:
        assert (await session.fetch("SELECT 1"))[0][0] == 1
    finally:
        session.terminate()
    return site.proxy.encrypted > before


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
    assert await is_encrypted(site, database(site.proxy, host, mode, ca))


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
@in_loop
async def test_a_certificate_of_another_authority_is_refused(site: Site, mode: str) -> None:
    said = await refusal(database(site.proxy, "localhost", mode, site.other))
    assert "has a certificate that is not trusted" in said
    assert "--store-ca" in said


@in_loop
async def test_a_certificate_of_another_host_is_refused(site: Site) -> None:
    said = await refusal(database(site.proxy, "127.0.0.1", "verify-full", site.own))
    assert "127.0.0.1" in said
    assert "the host in --store" in said


@in_loop
async def test_a_private_authority_is_not_one_of_the_system(site: Site) -> None:
    said = await refusal(database(site.proxy, "localhost", "verify-full"))
    assert "has a certificate that is not trusted" in said


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
@in_loop
async def test_a_server_without_tls_is_refused_where_it_is_asked_for(site: Site, mode: str) -> None:
    ca = None if mode == "require" else site.own
    said = await refusal(database(server(), "localhost", mode, ca))
    assert f"has no TLS, which sslmode={mode} needs" in said


@in_loop
async def test_without_a_word_about_it_tls_is_used_where_it_is_there(site: Site) -> None:
    assert await is_encrypted(site, database(site.proxy, "127.0.0.1", "prefer"))
    assert not await is_encrypted(site, database(site.proxy, "127.0.0.1", "disable"))
    assert not await is_encrypted(site, database(server(), "127.0.0.1", "prefer"))

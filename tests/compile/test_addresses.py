"""Who may call by address: every form of an address is the same caller, and no other is."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compile.addresses import parse_address
from gateway.language.networks import BadNetwork, parse_network
from tests.compile.guards.caller import Entrance

pytestmark = pytest.mark.anyio

MAPPED = IPv6Network("::ffff:0:0/96")
NETWORKS = ["192.30.252.0/22", "2a0a:a440::/29", "127.0.0.1", "::1"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Entrance:
    directory: Path = tmp_path_factory.mktemp("addresses")
    return Entrance(directory, "none", allow_from=NETWORKS)


@pytest.mark.parametrize(
    "client",
    [
        "192.30.252.0",
        "192.30.255.255",
        "::ffff:192.30.253.7",
        "::FFFF:c01e:fc01",
        "2a0a:a440::1",
        "2a0a:a447:ffff:ffff:ffff:ffff:ffff:ffff",
        "127.0.0.1",
        "::1",
    ],
)
async def test_callers_of_these_networks_come_in(door: Entrance, client: str) -> None:
    assert (await door.call(client=client)).status == 200


@pytest.mark.parametrize(
    "client",
    [
        "192.30.251.255",
        "192.31.0.0",
        "127.0.0.2",
        "::ffff:127.0.0.2",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
        "2002:7f00:1::",
        "2a0a:a448::",
        "::1%lo",
        "::1%1",
        "127.1",
        "0177.0.0.1",
        "2130706433",
        "localhost",
        "",
    ],
)
async def test_others_and_those_that_cannot_be_told_are_refused(
    door: Entrance, client: str
) -> None:
    outcome = await door.call(client=client)
    assert outcome.status == 403
    assert outcome.refusal is not None
    assert outcome.refusal.detail == "This hook does not accept requests from your address."


async def test_the_address_is_looked_at_before_the_credentials(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-token")
    bearer = {"type": "bearer", "tokens": [{"secret": "token"}]}
    door = Entrance(tmp_path, bearer, allow_from=NETWORKS)
    assert (await door.call(client="198.51.100.1")).status == 403
    assert (await door.call(client="127.0.0.1")).status == 401


@given(st.ip_addresses(v=4))
def test_an_address_means_the_same_in_its_mapped_form(address: IPv4Address) -> None:
    assert parse_address(f"::ffff:{address}") == parse_address(str(address)) == address


@given(st.ip_addresses().filter(lambda address: address not in MAPPED), st.integers(0, 128))
def test_a_network_is_taken_as_it_is_or_not_at_all(
    address: IPv4Address | IPv6Address, prefix: int
) -> None:
    prefix %= address.max_prefixlen + 1
    whole = ip_network(f"{address}/{prefix}", strict=False)
    if whole.network_address == address:
        assert parse_network(f"{address}/{prefix}") == whole
    else:
        with pytest.raises(BadNetwork, match=f"write {whole}$"):
            parse_network(f"{address}/{prefix}")

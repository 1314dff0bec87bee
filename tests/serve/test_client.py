"""Who calls, told from what a peer and its headers say: strangers may write anything."""

from __future__ import annotations

import pytest

from gateway.compile.addresses import parse_address
from gateway.serve.client import MAX_HOPS, UNKNOWN, ClientFinder

PROXY = "10.0.0.7"
STRANGER = "203.0.113.9"
FINDER = ClientFinder(["10.0.0.0/8", "fd00::/8"])


def found(peer: str, *headers: tuple[str, str]) -> str:
    return FINDER.find(peer, [(name.lower().encode(), text.encode()) for name, text in headers])


def forwarded_for(*texts: str) -> list[tuple[str, str]]:
    return [("X-Forwarded-For", text) for text in texts]


def test_without_trusted_proxies_nobody_is_believed() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1"), (b"forwarded", b"for=198.51.100.1")]
    assert ClientFinder([]).find(PROXY, headers) == PROXY


def test_a_stranger_speaks_for_nobody_but_itself() -> None:
    assert found(STRANGER, *forwarded_for("198.51.100.1")) == STRANGER
    assert found(STRANGER, ("Forwarded", "for=10.0.0.1")) == STRANGER


def test_a_trusted_proxy_that_says_nothing_is_the_caller() -> None:
    assert found(PROXY) == PROXY


@pytest.mark.parametrize(
    "texts",
    [
        [STRANGER],
        [f"{STRANGER}, 10.1.1.1"],
        [f"198.51.100.1, {STRANGER}"],
        [f"127.0.0.1,{STRANGER},10.1.1.1, 10.2.2.2"],
        ["198.51.100.1", STRANGER],
        [f"198.51.100.1, {STRANGER}", "10.1.1.1"],
        [f"garbage, <script>, %, {STRANGER}"],
        [f"{STRANGER}:49152"],
        [f"::ffff:{STRANGER}"],
        [f"[::ffff:{STRANGER}]:443"],
        [", ".join(["198.51.100.1"] * 50 + [STRANGER] + ["10.1.1.1"] * 50)],
    ],
)
def test_the_rightmost_stranger_is_the_caller(texts: list[str]) -> None:
    assert found(PROXY, *forwarded_for(*texts)) == STRANGER


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("2001:db8::9", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("[2001:DB8:0::9]:4711", "2001:db8::9"),
        ("fd00::1", "fd00::1"),
        ("2001:db8::9, fd00::1", "2001:db8::9"),
    ],
)
def test_ipv6_callers_are_found(text: str, address: str) -> None:
    assert found(PROXY, *forwarded_for(text)) == address


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.7", "fd00::7", "10.255.255.255"])
def test_a_proxy_is_known_in_every_form(peer: str) -> None:
    assert found(peer, *forwarded_for(STRANGER)) == STRANGER


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "unknown",
        "fe80::1%eth0",
        "fd00::1%25",
        f"{STRANGER},",
        "203.0.113.09",
        "203.0.113",
        "203.0.113.9/32",
        "http://203.0.113.9",
        "203.0.113.9 198.51.100.1",
        "\xff",
    ],
)
def test_what_is_no_address_makes_the_caller_unknown(text: str) -> None:
    assert found(PROXY, *forwarded_for(text)) == UNKNOWN
    assert parse_address(UNKNOWN) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"for={STRANGER}", STRANGER),
        (f'For="{STRANGER}:47011"', STRANGER),
        ('for="[2001:db8::9]:4711";proto=https', "2001:db8::9"),
        (f"for=198.51.100.1;by=203.0.113.1, proto=https;for={STRANGER};by=10.1.1.1", STRANGER),
        (f'for=198.51.100.1;host="a, b";proto=http,for={STRANGER}', STRANGER),
        (f'for="{STRANGER.replace(".", chr(92) + ".")}"', STRANGER),
        (f"for={STRANGER}\t,\t for=10.1.1.1", STRANGER),
        ("for=_hidden", UNKNOWN),
        ("for=unknown", UNKNOWN),
        (f"by={STRANGER}", UNKNOWN),
        (f"xfor={STRANGER}", UNKNOWN),
        (f'for=8.8.8.8;host="a,for={STRANGER};x="', "8.8.8.8"),
        (f'for=198.51.100.1;host="a, for={STRANGER}', UNKNOWN),
        (f"garbage;for={STRANGER}", UNKNOWN),
        (f"for={STRANGER};for={STRANGER}", UNKNOWN),
        (f"for={STRANGER};For=198.51.100.1", UNKNOWN),
        (f"for = {STRANGER}", UNKNOWN),
        (f";by=10.1.1.1;;for={STRANGER};", STRANGER),
        (f"for={STRANGER},", UNKNOWN),
        (f"for={STRANGER} proto=https", UNKNOWN),
        ("for=[2001:db8::9]", UNKNOWN),
        ("for=", UNKNOWN),
        ("", UNKNOWN),
        (f'for="{STRANGER}', UNKNOWN),
        (f"for={STRANGER};x={'a' * 9000}", UNKNOWN),
    ],
)
def test_forwarded_is_read_as_its_standard_has_it(text: str, address: str) -> None:
    assert found(PROXY, ("Forwarded", text)) == address


def test_a_quotation_never_reaches_from_a_strangers_field_into_a_proxys() -> None:
    fields = [("Forwarded", 'for=198.51.100.1;x="'), ("Forwarded", f'by="a";for={STRANGER}')]
    assert found(PROXY, *fields) == STRANGER
    assert found(PROXY, *reversed(fields)) == UNKNOWN


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_nothing_longer_than_an_address_is_remembered(header: str) -> None:
    finder = ClientFinder(["10.0.0.0/8"])
    text = "a" * 8000 if header == "X-Forwarded-For" else f"for={'a' * 8000}"
    assert finder.find(PROXY, [(header.lower().encode(), text.encode())]) == UNKNOWN
    assert finder._known.cache_info().currsize == 1


def test_two_headers_that_disagree_make_the_caller_unknown() -> None:
    same = [*forwarded_for(STRANGER), ("Forwarded", f"for={STRANGER}")]
    assert found(PROXY, *same) == STRANGER
    for other in ("for=198.51.100.1", "for=10.0.0.1", "for=_hidden", "nothing"):
        assert found(PROXY, *forwarded_for(STRANGER), ("Forwarded", other)) == UNKNOWN


def test_a_chain_of_trusted_hops_is_followed_as_far_as_there_are_proxies_anywhere() -> None:
    assert found(PROXY, *forwarded_for(", ".join([STRANGER] + ["10.1.1.1"] * 50))) == STRANGER
    assert found(PROXY, *forwarded_for(", ".join(["10.1.1.1"] * MAX_HOPS))) == "10.1.1.1"
    assert found(PROXY, *forwarded_for(", ".join(["10.1.1.1"] * (MAX_HOPS + 1)))) == UNKNOWN
    assert found(PROXY, *forwarded_for(*["10.1.1.1"] * (MAX_HOPS + 1))) == UNKNOWN


def test_no_more_hops_are_looked_at_than_a_chain_can_have() -> None:
    class Counting(ClientFinder):
        judged = 0

        def _judge(self, text: str) -> tuple[str, bool]:
            Counting.judged += 1
            return super()._judge(text)

    headers = [
        (b"x-forwarded-for", b",".join(b"10.%d.%d.1" % (n % 250, n // 250) for n in range(5000))),
        (b"forwarded", b", ".join(b"for=10.%d.%d.2" % (n % 250, n // 250) for n in range(2500))),
    ]
    assert Counting(["10.0.0.0/8"]).find(PROXY, headers) == UNKNOWN
    assert Counting.judged <= 2 * MAX_HOPS + 1

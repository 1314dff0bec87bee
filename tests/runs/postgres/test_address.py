"""Where the database is, as operators write it."""

from __future__ import annotations

import pytest

from gateway.runs.postgres.address import Address, parse


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgres://db/runs", Address(hosts=(("db", 5432),), database="runs")),
        (
            "postgresql://gw@db:6432/runs?sslmode=require",
            Address(hosts=(("db", 6432),), database="runs", user="gw", mode="require"),
        ),
        (
            "postgres://a,b:5433,[::1]:7/x",
            Address(hosts=(("a", 5432), ("b", 5433), ("::1", 7)), database="x"),
        ),
        (
            "postgres://my%40user@%2Frun%2Fpg/my%20db",
            Address(hosts=(("/run/pg", 5432),), database="my db", user="my@user"),
        ),
    ],
)
def test_a_url_says_where_the_database_is(url: str, address: Address) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://db/runs", "postgres://host/database"),
        ("postgres://gw:hunter2@db/runs", "--store-password"),
        ("postgres://:hunter2@db/runs", "--store-password"),
        ("postgres:///runs", "no host"),
        ("postgres://db", "no database"),
        ("postgres://db/a/b", "no database"),
        ("postgres://db,/runs", "no host"),
        ("postgres://db:99999/runs", "not a port"),
        ("postgres://db:five/runs", "not a port"),
        ("postgres://db/runs?sslmode=maybe", "sslmode=maybe"),
        ("postgres://db/runs?password=hunter2", "not password"),
        ("postgres://[::1/runs", "brackets"),
    ],
)
def test_a_url_that_is_wrong_is_refused_without_being_repeated(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse(url)
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_authorities_are_there_to_verify_the_server() -> None:
    assert parse("postgres://db/runs", "ca.pem").mode == "verify-full"
    assert parse("postgres://db/runs?sslmode=verify-ca", "ca.pem").mode == "verify-ca"
    with pytest.raises(ValueError, match="verifies nothing"):
        parse("postgres://db/runs?sslmode=require", "ca.pem")

"""Lines that may hold a secret are known, and lines that cannot are shown."""

from __future__ import annotations

import pytest

from gateway.language.findings import Findings
from gateway.language.private import private_lines
from gateway.language.yaml12 import documents

HEX = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


def lines(text: str) -> frozenset[int]:
    data = text.encode()
    return private_lines(data, documents(data, Findings("hooks.d/private.yaml")))


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter2",
        "password: 12345678",
        "tokens: [s3cret]",
        "tokens:\n  - s3cret",
        "users: [paris, s3cret]",
        "secret: a value with spaces",
        'secret: "pass/word+="',
        "env: not-a-variable",
        f"sha256: {HEX[:-1]}",
        f"sha256: {HEX.upper()}",
        "headers: {Authorization: Bearer s3cret}",
        "headers: {X-Api-Key: s3cret}",
        "headers: {Cookie: session=s3cret}",
        "url: https://user:s3cret@workflows.internal",
        "apiKey: s3cret",
        "client_secret: s3cret",
        "verify_token: s3cret",
        "keys: [{value: s3cret}]",
        "tokens:\n  - label: ci\n    plain: s3cret",
        "password: {is: s3cret}",
        "secret: {value: s3cret}",
        'password: "never closed',
        "a: [\npassword: s3cret",
        "\tpassword: s3cret",
    ],
)
def test_a_line_with_a_secret_is_private(text: str) -> None:
    assert text.count("\n") + 1 in lines(text)


@pytest.mark.parametrize(
    "text",
    [
        "name: paris",
        "password: {secret: paris-password}",
        "password: {env: PARIS_PASSWORD}",
        "secret: paris-token",
        "secret: paris-token   # the one of the shop",
        f"sha256: {HEX}",
        "scrypt: scrypt$ln=15,r=8,p=1$c2FsdA$KxuYKvJ1",
        "username: paris",
        "users: [{username: paris, label: ci, expires: 2030-01-31T00:00:00Z}]",
        "tokens:",
        "password: null",
        "url: https://workflows.internal/run?user=a@b",
        "description: Where tokens are sent",
        "headers: {X-Event: a}",
        "expires: 2027-01-31T00:00:00Z",
    ],
)
def test_a_line_without_one_is_not(text: str) -> None:
    assert not lines(text)


def test_every_line_of_a_secret_is_private() -> None:
    assert lines("name: a\npassword: |\n  one\n  two\nmethod: POST\n") >= {2, 3, 4}

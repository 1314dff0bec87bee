"""A key opens a hook where its author said it stands, and nowhere else."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gateway.errors import Malformed
from tests.compile.guards.callers import Door, Headers

DIGEST = sha256(b"by-digest").hexdigest()
KEYS = [
    {"sha256": DIGEST},
    {"secret": "key"},
    {"env": "API_KEY_OF_TESTS"},
    {"sha256": sha256(b"too-old").hexdigest(), "expires": "2020-01-01T00:00:00Z"},
    {"sha256": sha256(b"").hexdigest()},
]
WRONG = [b"", b" ", b"wrong", b"too-old", b"by-file\n", b"BY-DIGEST", DIGEST.encode(), b"\xff\x00"]


def _door(directory: Path, place: dict[str, Any], value: str = "by-file\n") -> Door:
    return Door(directory, {"type": "api-key", **place, "keys": KEYS}, {"key": value})


@pytest.fixture
def header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setenv("API_KEY_OF_TESTS", "by-variable")
    return _door(tmp_path, {"header": "X-Gitlab-Token"})


@pytest.fixture
def query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setenv("API_KEY_OF_TESTS", "by-variable")
    return _door(tmp_path, {"query": "key"})


@pytest.mark.parametrize("key", [b"by-digest", b"by-file", b"by-variable"])
def test_any_key_of_the_list_opens_the_hook(header: Door, query: Door, key: bytes) -> None:
    assert header.status([(b"x-gitlab-token", key)]) == 200
    assert query.status([], b"a=1&key=" + quote(key).encode()) == 200


@pytest.mark.parametrize("key", WRONG)
def test_any_other_key_is_401_with_a_constant_answer(header: Door, query: Door, key: bytes) -> None:
    for door, headers, text in (
        (header, [(b"x-gitlab-token", key)], b""),
        (query, [], b"key=" + quote(key.decode("latin-1")).encode()),
    ):
        refusal = asyncio.run(door.knock(headers, text))[1]
        assert refusal is None or refusal.status in (400, 401)
        assert door.status(headers, text) != 200
        if refusal is not None and not isinstance(refusal, Malformed):
            assert refusal.detail == "This hook requires valid ApiKey credentials."
            assert refusal.headers == ((b"www-authenticate", b'ApiKey realm="door"'),)


KEY = b"by-digest"
ELSEWHERE: list[tuple[Headers, bytes]] = [
    ([], b""),
    ([(b"authorization", b"Bearer " + KEY)], b""),
    ([(b"x-gitlab-token", KEY), (b"x-gitlab-token", KEY)], b""),
    ([(b"x-gitlab-token", KEY), (b"x-gitlab-token", b"")], b""),
    ([], b"x-gitlab-token=" + KEY),
]


@pytest.mark.parametrize(("headers", "text"), ELSEWHERE)
def test_a_key_in_another_place_or_twice_is_401(
    header: Door, headers: Headers, text: bytes
) -> None:
    assert header.status(headers, text) == 401


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (401, b""),
        (401, b"key"),
        (401, b"key="),
        (401, b"Key=by-digest"),
        (401, b"key=by-digest&key=by-digest"),
        (401, b"key=wrong&%6bey=by-digest"),
        (401, b"key[]=by-digest"),
        (400, b"key=by-digest&broken=%"),
        (400, b"key=by-digest&zero=%00"),
        (400, b"key=by-digest&latin=\xe9"),
        (200, b"%6bey=by%2Ddigest"),
        (200, b"key=by-digest&other=%C3%A9"),
    ],
)
def test_a_query_has_the_key_once_or_opens_nothing(query: Door, status: int, text: bytes) -> None:
    assert query.status([(b"key", KEY)], text) == status


def test_the_key_is_not_handed_on_with_the_query(query: Door) -> None:
    exchange, refusal = asyncio.run(query.knock([], b"a=1&%6Bey=by-digest&b=2&keys=3&c"))
    assert refusal is None
    assert exchange.query_string == b"a=1&b=2&keys=3&c"


def test_a_missing_or_empty_secret_is_told(tmp_path: Path) -> None:
    assert [cell.problem for cell in _door(tmp_path, {"header": "X-Key"}, "\n").guarding.needs] == [
        "secret 'key' is empty",
        "variable 'API_KEY_OF_TESTS' is missing",
    ]


def test_a_rotated_key_is_in_force_at_once(header: Door) -> None:
    header.put("key", "rotated")
    header.runtime.secrets.refresh()
    assert header.status([(b"x-gitlab-token", b"rotated")]) == 200
    assert header.status([(b"x-gitlab-token", b"by-file")]) == 401

"""Signed hooks as they run: secrets that come and go, bodies that are read only for a reason."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any

import pytest

from tests.compile.guards.caller import NOW, Entrance

pytestmark = pytest.mark.anyio

BODY = b'{"order": 7}'


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def github(secret: bytes, body: bytes = BODY) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, "sha256").hexdigest()}


def hook(directory: Path, *secrets: dict[str, Any], scheme: Any = "github") -> Entrance:
    return Entrance(directory, {"type": "signature", "scheme": scheme, "secrets": [*secrets]})


async def test_a_secret_that_is_replaced_is_in_force_at_once(tmp_path: Path) -> None:
    (tmp_path / "now").write_bytes(b"the-first-secret")
    door = hook(tmp_path, {"secret": "now"})
    assert (await door.call(github(b"the-first-secret"), BODY)).status == 200
    door.put("now", b"the-second-secret\n")
    assert (await door.call(github(b"the-second-secret"), BODY)).status == 200
    refused = await door.call(github(b"the-first-secret"), BODY)
    assert (refused.status, refused.exchange.outcome) == (401, "signature-wrong")


async def test_old_and_new_secret_overlap_as_long_as_both_are_written(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"the-old-secret")
    (tmp_path / "new").write_bytes(b"the-new-secret")
    until = {"secret": "old", "expires": "2023-11-14T22:13:30Z"}  # ten seconds from now
    door = hook(tmp_path, until, {"secret": "new"})
    for secret in (b"the-old-secret", b"the-new-secret"):
        assert (await door.call(github(secret), BODY)).status == 200
    door.now += 10.0
    assert (await door.call(github(b"the-old-secret"), BODY)).status == 401
    assert (await door.call(github(b"the-new-secret"), BODY)).status == 200


BAD: list[tuple[str, bytes | None, str]] = [
    ("github", None, "secret 'key' is missing"),
    ("github", b"", "secret 'key' is empty"),
    ("github", b"\n", "secret 'key' is empty"),
    ("github", b"canary", "secret 'key' cannot be used: the secret contains a key of 6 "
     "bytes; the scheme requires at least 8"),
    ("svix", b"whsec_canary-canary-canary", "secret 'key' cannot be used: the text after "
     "'whsec_' is not base64"),
    ("svix", b"whsec_Y2FuYXJ5", "secret 'key' cannot be used: the secret contains a key of "
     "6 bytes; the scheme requires at least 24"),
    ("sendgrid", b"-----BEGIN PUBLIC KEY-----\ncanary", "secret 'key' cannot be used: the secret "
     "is not a public key in PEM form or in base64 of DER"),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "secret", "problem"), BAD)
async def test_a_secret_that_cannot_verify_takes_the_hook_out_of_service_and_says_why(
    tmp_path: Path, scheme: str, secret: bytes | None, problem: str
) -> None:
    if secret is not None:
        (tmp_path / "key").write_bytes(secret)
    door = hook(tmp_path, {"secret": "key"}, scheme=scheme)
    assert door.hook.problems() == [problem]
    refused = await door.call(github(secret or b""), BODY)
    assert (refused.status, refused.exchange.outcome) == (503, "out-of-service")
    assert refused.retry_after > 0


async def test_a_hook_is_back_in_service_when_its_secret_is(tmp_path: Path) -> None:
    door = hook(tmp_path, {"secret": "key"})
    for value, status in ((b"short", 503), (b"long-enough", 200), (b"", 503)):
        door.put("key", value)
        assert (await door.call(github(value), BODY)).status == status
        assert bool(door.hook.problems()) is (status == 503)


@pytest.mark.parametrize("value", [None, b"", b"short"])
async def test_an_expired_secret_is_not_needed_any_more(
    tmp_path: Path, value: bytes | None
) -> None:
    (tmp_path / "new").write_bytes(b"the-new-secret")
    if value is not None:
        (tmp_path / "old").write_bytes(value)
    old = {"secret": "old", "expires": "2023-11-14T22:13:20Z"}
    door = hook(tmp_path, old, {"secret": "new"})
    assert door.now == NOW == 1_700_000_000
    assert door.hook.problems() == []
    assert (await door.call(github(b"the-new-secret"), BODY)).status == 200
    door.now -= 1.0
    assert len(door.hook.problems()) == 1


@pytest.mark.parametrize("kind", ["bearer", "api-key", "basic"])
async def test_no_expired_credential_of_any_kind_is_needed_any_more(
    tmp_path: Path, kind: str
) -> None:
    gone = {"expires": "2023-01-01T00:00:00Z"}
    written: dict[str, Any] = {
        "bearer": {"tokens": [{"secret": "gone", **gone}]},
        "api-key": {"header": "X-Key", "keys": [{"secret": "gone", **gone}]},
        "basic": {"users": [{"username": "a", "password": {"secret": "gone"}, **gone}]},
    }
    assert Entrance(tmp_path, {"type": kind, **written[kind]}).hook.problems() == []


async def test_several_hooks_may_share_a_missing_secret_and_each_says_so_once(
    tmp_path: Path,
) -> None:
    door = hook(tmp_path, {"secret": "key"}, {"secret": "key", "expires": "2999-01-01T00:00:00Z"})
    assert door.hook.problems() == ["secret 'key' is missing"]


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({}, "signature-missing"),
        ({"X-Hub-Signature-256": "sha256=x"}, "signature-malformed"),
        ({"X-Hub-Signature": "sha1=x"}, "signature-missing"),
    ],
)
async def test_no_body_is_read_for_what_could_never_be_right(
    tmp_path: Path, headers: dict[str, str], outcome: str
) -> None:
    (tmp_path / "key").write_bytes(b"long-enough")
    door = hook(tmp_path, {"secret": "key"})
    refused = await door.call(headers, BODY)
    assert (refused.status, refused.exchange.outcome) == (401, outcome)
    assert not refused.body_was_read
    assert (await door.call(github(b"wrong"), BODY)).body_was_read

"""What the credentials of a request tell templates about its sender."""

from __future__ import annotations

import hmac
from base64 import b64encode
from pathlib import Path
from typing import Any

import jwt
import pytest

from gateway.compile.sender import NOBODY, Sender
from tests.compile.guards.caller import NOW, Entrance

pytestmark = pytest.mark.anyio

SECRET = b"a-secret-of-at-least-thirty-two-bytes"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def sender(
    directory: Path, authentication: Any, headers: dict[str, str], body: bytes = b""
) -> Sender:
    (directory / "one").write_bytes(SECRET)
    outcome = await Entrance(directory, authentication).call(headers, body)
    assert (outcome.status == 200) == (outcome.exchange.sender is not NOBODY)
    return outcome.exchange.sender


@pytest.mark.parametrize(("password", "name"), [(SECRET.decode(), "jürgen"), ("wrong", "")])
async def test_the_user_of_basic_authentication(password: str, name: str, tmp_path: Path) -> None:
    users = [{"username": "jürgen", "password": {"secret": "one"}, "label": "ci"}]
    given = b64encode(f"jürgen:{password}".encode()).decode()
    found = await sender(
        tmp_path, {"type": "basic", "users": users}, {"Authorization": f"Basic {given}"}
    )
    assert found == Sender(username=name)


async def test_the_claims_of_a_token(tmp_path: Path) -> None:
    about = {
        "issuer": "i",
        "audience": "a",
        "algorithms": ["HS256"],
        "secrets": [{"secret": "one"}],
    }
    claims = {"iss": "i", "aud": "a", "exp": 4_000_000_000, "sub": "deployer"}
    token = jwt.encode(claims, SECRET, "HS256")
    headers = {"Authorization": f"Bearer {token}"}
    assert await sender(tmp_path, {"type": "jwt", **about}, headers) == Sender(claims=claims)
    wrong = {"Authorization": f"Bearer {token}x"}
    assert await sender(tmp_path, {"type": "jwt", **about}, wrong) is NOBODY


@pytest.mark.parametrize(("unit", "scale"), [("s", 1), ("ms", 1000)])
async def test_the_id_and_the_time_of_a_signed_message(
    unit: str, scale: int, tmp_path: Path
) -> None:
    scheme = {
        "header": "X-Signature",
        "signed": "{id}.{timestamp}.{body}",
        "timestamp": {"header": "X-Time", "unit": unit},
        "id": {"header": "X-Id"},
    }
    time = str(int(NOW) * scale)
    signed = hmac.new(SECRET, f"msg_1.{time}.{{}}".encode(), "sha256").hexdigest()
    headers = {"X-Signature": signed, "X-Time": time, "X-Id": "msg_1"}
    spec = {"type": "signature", "scheme": scheme, "secrets": [{"secret": "one"}]}
    found = await sender(tmp_path, spec, headers, b"{}")
    assert found == Sender(id="msg_1", timestamp=int(NOW))
    assert await sender(tmp_path, spec, {**headers, "X-Id": "msg_2"}, b"{}") is NOBODY

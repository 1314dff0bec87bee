"""Which of a hook's credentials opened it is told by its name, never by its value."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.compile.guards.caller import Entrance, Outcome

pytestmark = pytest.mark.anyio

SECRETS = {
    "one": b"first-value-of-a-secret-0123456789",
    "two": b"second-value-of-a-secret-123456789",
}
DIGEST = sha256(b"of-a-digest").hexdigest()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


TOKENS = [{"secret": "one"}, {"secret": "two", "label": "of the CI"}, {"sha256": DIGEST}]
BEARER = {"type": "bearer", "tokens": TOKENS}
API_KEY = {"type": "api-key", "header": "X-Key", "keys": TOKENS}
BASIC = {
    "type": "basic",
    "users": [
        {"username": "paris", "password": {"secret": "one"}},
        {"username": "rome", "password": {"secret": "two"}, "label": "of the CI"},
    ],
}


async def call(
    directory: Path, authentication: Any, headers: dict[str, str], body: bytes = b""
) -> Outcome:
    for name, value in SECRETS.items():
        (directory / name).write_bytes(value)
    return await Entrance(directory, authentication).call(headers, body)


@pytest.mark.parametrize(
    ("authentication", "headers", "name"),
    [
        (BEARER, bearer(SECRETS["one"].decode()), "one"),
        (BEARER, bearer(SECRETS["two"].decode()), "of the CI"),
        (BEARER, bearer("of-a-digest"), f"sha256:{DIGEST[:8]}"),
        (BEARER, bearer("of-nothing"), ""),
        (BEARER, {}, ""),
        (API_KEY, {"X-Key": SECRETS["one"].decode()}, "one"),
        (API_KEY, {"X-Key": SECRETS["two"].decode()}, "of the CI"),
        (API_KEY, {"X-Key": "of-nothing"}, ""),
        (BASIC, basic("paris", SECRETS["one"].decode()), "paris"),
        (BASIC, basic("rome", SECRETS["two"].decode()), "of the CI"),
        (BASIC, basic("paris", SECRETS["two"].decode()), ""),
    ],
)
async def test_the_credential_that_opened_has_a_name(
    authentication: Any, headers: dict[str, str], name: str, tmp_path: Path
) -> None:
    outcome = await call(tmp_path, authentication, headers)
    assert outcome.exchange.credential == name
    assert outcome.status == (200 if name else 401)


ENTRIES = [{"secret": "one"}, {"secret": "two", "label": "of the CI"}]
NAMES = [("one", "one"), ("two", "of the CI")]


@pytest.mark.parametrize(("secret", "name"), NAMES)
async def test_the_secret_that_signed_has_a_name(secret: str, name: str, tmp_path: Path) -> None:
    spec = {"type": "signature", "scheme": "github", "secrets": ENTRIES}
    digest = hmac.new(SECRETS[secret], b"{}", "sha256").hexdigest()
    outcome = await call(tmp_path, spec, {"X-Hub-Signature-256": f"sha256={digest}"}, b"{}")
    assert (outcome.status, outcome.exchange.credential) == (200, name)


@pytest.mark.parametrize(("secret", "name"), NAMES)
async def test_the_key_of_a_json_web_token_has_a_name(
    secret: str, name: str, tmp_path: Path
) -> None:
    about = {"issuer": "i", "audience": "a", "algorithms": ["HS256"]}
    claims = {"iss": "i", "aud": "a", "exp": 4_000_000_000}
    token = jwt.encode(claims, SECRETS[secret], "HS256")
    outcome = await call(tmp_path, {"type": "jwt", **about, "secrets": ENTRIES}, bearer(token))
    assert (outcome.status, outcome.exchange.credential) == (200, name)

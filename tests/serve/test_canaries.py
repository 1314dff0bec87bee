"""Nothing that the process writes holds a credential, a signature, a body or a query."""

from __future__ import annotations

import hmac
import json
import re
import signal
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import scrypt, sha256
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import httpx
import pytest

from tests.support.gateway import PLAIN, Gateway, gateway, write_files
from tests.support.tokens import forge, mint
from tests.support.workflow import Workflow

SALT = bytes(range(16))


def _canary(what: str) -> str:
    """A text that stands nowhere by chance: 40 characters, so that it can be a key."""
    return f"canary{sha256(what.encode()).hexdigest()[:34]}"


SECRETS = {
    name: _canary(name)
    for name in (
        *("admin", "basic", "bearer", "key", "github", "stripe", "slack", "verify", "shared"),
        *("to-basic", "to-bearer", "rotated"),
    )
}
HASHED = _canary("hashed password")
HASH = "scrypt$ln=14,r=8,p=1$" + "$".join(
    b64encode(part).decode().rstrip("=")
    for part in (
        SALT,
        scrypt(HASHED.encode(), salt=SALT, n=2**14, r=8, p=1, maxmem=2**26, dklen=32),
    )
)
DIGESTED = _canary("token by digest")
DIGEST = sha256(DIGESTED.encode()).hexdigest()
LITERAL = _canary("a token that an author wrote into a file")
JWT = "type: jwt, issuer: 'https://issuer.example', audience: gateway"
HOOKS = f"""
name: basic
method: POST
authentication:
  type: basic
  users:
    - {{username: paris, password: {{secret: basic}}}}
    - {{username: rome, password: {{scrypt: "{HASH}"}}}}
workflow: {{url: URL/run/basic, authentication: {{type: bearer, token: {{secret: to-bearer}}}}}}
---
name: bearer
method: POST
authentication:
  type: bearer
  tokens: [{{secret: bearer}}, {{sha256: {DIGEST}}}, {{env: FROM_ENV}}]
workflow:
  url: URL/status/500
  authentication: {{type: basic, username: gateway, password: {{secret: to-basic}}}}
---
name: key
method: POST
authentication: {{type: api-key, header: X-Api-Key, keys: [{{secret: key}}]}}
workflow: {{url: URL/reset, authentication: {{type: bearer, token: {{secret: to-bearer}}}}}}
---
name: query
authentication: {{type: api-key, query: key, keys: [{{secret: key}}]}}
workflow: URL/run/query
---
name: github
method: POST
authentication:
  {{type: signature, scheme: github, secrets: [{{secret: github}}, {{secret: rotated}}]}}
match: {{body: {{ref: main}}}}
workflow:
  url: http://127.0.0.1:9/
  authentication: {{type: bearer, token: {{secret: to-bearer}}}}
---
name: stripe
method: POST
authentication: {{type: signature, scheme: stripe, secrets: [{{secret: stripe}}]}}
workflow: {{url: URL/hang, timeout: 200ms}}
---
name: slack
method: POST
authentication: {{type: signature, scheme: slack, secrets: [{{secret: slack}}]}}
handshake: slack
workflow: URL/run/slack
---
name: meta
authentication: none
handshake: {{type: meta, verify_token: {{secret: verify}}}}
workflow: URL/run/meta
---
name: shared
method: POST
authentication:
  {{{JWT}, algorithms: [HS256], secrets: [{{secret: shared}}], claims: {{sub: deployer}}}}
workflow: URL/run/shared
---
name: too-short
authentication: {{{JWT}, algorithms: [HS512], secrets: [{{secret: shared}}]}}
workflow: URL/run/too-short
"""
BROKEN = (
    f"name: broken\nauthentication: {{type: bearer, tokens: [{LITERAL}]}}\nworkflow: http://w/\n"
)
MISPLACED = f"name: other\nworkflow: 'http://gateway:{LITERAL}@127.0.0.1/'\ntokn: {LITERAL}\n"
FROM_ENV = _canary("of a variable")
WRONG = _canary("what a guesser presents")
BODY = json.dumps({"ref": "main", "secret": _canary("in a body")}).encode()


class Attempt(NamedTuple):
    """A request and the statuses that it may get."""

    status: int
    method: str
    path: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _mac(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode(), message, "sha256").hex()


def _stripe(secret: str, late: int = 0) -> dict[str, str]:
    stamp = str(int(time.time()) - late)
    return {"Stripe-Signature": f"t={stamp},v1={_mac(secret, stamp.encode() + b'.' + BODY)}"}


def _slack(secret: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    mac = _mac(secret, f"v0:{stamp}:".encode() + body)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}


def _attempts() -> Iterator[Attempt]:
    for password in (SECRETS["basic"], WRONG):
        known = 200 if password != WRONG else 401
        yield Attempt(known, "POST", "/hooks/basic", _basic("paris", password), BODY)
    yield Attempt(200, "POST", "/hooks/basic", _basic("rome", HASHED), BODY)
    yield Attempt(401, "POST", "/hooks/basic", _basic(WRONG, HASHED))
    for token in (SECRETS["bearer"], DIGESTED, FROM_ENV):
        yield Attempt(502, "POST", "/hooks/bearer", _bearer(token), BODY)
    yield Attempt(401, "POST", "/hooks/bearer", _bearer(WRONG))
    yield Attempt(401, "POST", "/hooks/bearer", {"Authorization": WRONG})
    for key, failed, answered in ((SECRETS["key"], 502, 200), (WRONG, 401, 401)):
        yield Attempt(failed, "POST", "/hooks/key", {"X-Api-Key": key}, BODY)
        yield Attempt(answered, "GET", f"/hooks/query?city=Paris&key={key}")
    yield Attempt(400, "GET", f"/hooks/query?key={SECRETS['key']}&%")
    typed = {"Content-Type": "application/json"}
    for secret, status in ((SECRETS["github"], 502), (WRONG, 401)):
        signed = {"X-Hub-Signature-256": "sha256=" + _mac(secret, BODY), **typed}
        yield Attempt(status, "POST", "/hooks/github", signed, BODY)
    odd = b'{"ref": "' + WRONG.encode() + b'"'
    for body, status in ((odd, 400), (odd + b"}", 422)):
        signed = {"X-Hub-Signature-256": "sha256=" + _mac(SECRETS["github"], body), **typed}
        yield Attempt(status, "POST", "/hooks/github", signed, body)
    yield Attempt(504, "POST", "/hooks/stripe", _stripe(SECRETS["stripe"]), BODY)
    yield Attempt(401, "POST", "/hooks/stripe", _stripe(SECRETS["stripe"], 301), BODY)
    yield Attempt(401, "POST", "/hooks/stripe", _stripe(WRONG), BODY)
    asked = json.dumps({"type": "url_verification", "token": WRONG, "challenge": "c"}).encode()
    yield Attempt(200, "POST", "/hooks/slack", _slack(SECRETS["slack"], asked), asked)
    yield Attempt(401, "POST", "/hooks/slack", _slack(WRONG, asked), asked)
    for token, status in ((SECRETS["verify"], 200), (WRONG, 403)):
        query = f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}"
        yield Attempt(status, "GET", f"/hooks/meta?{query}")
    for token, status in (
        (mint(SECRETS["shared"]), 200),
        (mint(SECRETS["shared"], sub=WRONG), 401),
        (mint(WRONG), 401),
        (forge({"alg": "none", "jku": WRONG}, BODY), 401),
    ):
        yield Attempt(status, "POST", "/hooks/shared", _bearer(token), BODY)
    yield Attempt(503, "GET", "/hooks/too-short", _bearer(mint(SECRETS["shared"])))
    yield Attempt(503, "GET", "/hooks/broken", _bearer(LITERAL))
    for token, status in ((SECRETS["admin"], 200), (WRONG, 401)):
        yield Attempt(status, "GET", "/-/status", _bearer(token))
        yield Attempt(status, "POST", "/-/reload", _bearer(token))
    yield Attempt(404, "GET", f"/hooks/nothing?key={WRONG}", _bearer(WRONG))


def _forms(canary: str) -> set[bytes]:
    """A canary in the encodings that it could leak in, and its halves."""
    raw = canary.encode()
    found = {raw[:20], raw[20:], raw.hex().encode()}
    if canary != DIGESTED:  # its digest stands in the hook's file
        found.add(sha256(raw).hexdigest().encode())
    return found | {b64encode(b"x" * lead + raw)[4:-4] for lead in range(3)}


def _proofs(attempts: list[Attempt]) -> set[bytes]:
    """Every token, signature and pair of name and password that was presented."""
    values = " ".join(value for attempt in attempts for value in attempt.headers.values())
    return {proof.encode() for proof in re.findall(r"[A-Za-z0-9+/_.-]{24,}", values)}


def _search(where: str, written: bytes, needles: set[bytes]) -> None:
    for needle in needles:
        assert needle not in written, f"{needle!r} stands in {where}"


def _try(server: Gateway, attempt: Attempt) -> bytes:
    answer = httpx.request(
        attempt.method,
        server.url + attempt.path,
        headers=attempt.headers,
        content=attempt.body,
        timeout=30,
        verify=PLAIN,
    )
    assert answer.status_code == attempt.status, (attempt, answer.text)
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return head.encode() + b"\n" + answer.content


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_credential_stands_in_anything_that_is_written(
    tmp_path: Path, workflow: Workflow, form: str
) -> None:
    attempts = list(_attempts())
    secret = {*SECRETS.values(), HASHED, DIGESTED, FROM_ENV, LITERAL, WRONG}
    needles = _proofs(attempts).union(*map(_forms, secret))
    files = {
        "hooks.yaml": HOOKS.replace("URL", workflow.url),
        "broken.yaml": BROKEN,
        "misplaced.yaml": MISPLACED,
    }
    options = ("--log-level", "debug", "--log-format", form, "--state", str(tmp_path / "state"))
    environment = {"FROM_ENV": FROM_ENV}
    with gateway(tmp_path, files, *options, secrets=SECRETS, environment=environment) as server:
        for attempt in attempts:
            answer = _try(server, attempt)
            # What the workflow was sent in the body, its caller may see.
            _search(f"the answer to {attempt}", answer, needles)
        write_files(tmp_path / "secrets", {"rotated": _canary("after the rotation")})
        server.process.send_signal(signal.SIGHUP)
        _try(server, attempts[-3])
        assert server.stop() == 0
    needles |= _forms(_canary("in a body")) | _forms(_canary("after the rotation"))
    assert server.output().count("/hooks/") > 30
    _search("the log", server.log.read_bytes(), needles)
    kept = [file for file in (tmp_path / "state").rglob("*") if file.is_file()]
    assert kept
    for file in kept:
        _search(str(file), file.read_bytes(), needles)

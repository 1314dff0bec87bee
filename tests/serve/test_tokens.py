"""API keys and tokens the whole way: a caller, a server, an issuer that publishes its keys."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from tests.support import tokens
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.key_server import KeyServer
from tests.support.raw import exchange
from tests.support.tokens import SHARED, mint, private_key
from tests.support.workflow import Received, Workflow

JWT = "type: jwt, issuer: 'https://issuer.example', audience: gateway"
HOOKS = f"""
name: by-header
method: POST
authentication: {{type: api-key, header: X-Api-Key, keys: [{{secret: api-key}}]}}
workflow: URL/run/by-header
---
name: by-query
authentication: {{type: api-key, query: key, keys: [{{secret: api-key}}]}}
workflow: URL/run/by-query
---
name: published
authentication: {{{JWT}, algorithms: [RS256, ES256], jwks: 'KEYS', claims: {{sub: deployer}}}}
limits: {{failures: 1000/1s}}
workflow: URL/run/published
---
name: private
authentication: {{{JWT}, algorithms: [RS256], jwks: 'PRIVATE'}}
workflow: URL/run/private
---
name: stranger
authentication: {{{JWT}, algorithms: [RS256], jwks: 'STRANGER'}}
workflow: URL/run/stranger
---
name: shared
authentication: {{{JWT}, algorithms: [HS256], secrets: [{{secret: shared}}]}}
workflow: URL/run/shared
---
name: too-short
authentication: {{{JWT}, algorithms: [HS256], secrets: [{{secret: api-key}}]}}
workflow: URL/run/too-short
"""


@pytest.fixture(scope="module")
def issuer() -> Iterator[KeyServer]:
    with KeyServer().running() as server:
        server.publish(tokens.jwk("rsa-2048", "one"), tokens.jwk("P-256", "two", alg="ES256"))
        yield server


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, workflow: Workflow, issuer: KeyServer
) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("tokens")
    known = trustme.CA()
    known.cert_pem.write_to_path(str(directory / "ca.pem"))
    with ExitStack() as servers:
        private, stranger = (
            servers.enter_context(_secure(authority).running())
            for authority in (known, trustme.CA())
        )
        urls = {"KEYS": issuer.url, "PRIVATE": private.url, "STRANGER": stranger.url}
        text = HOOKS.replace("URL", workflow.url)
        for name, url in urls.items():
            text = text.replace(f"'{name}'", f"'{url}'")
        running = gateway(
            directory,
            {"hooks.yaml": text},
            secrets={"api-key": "an-api-key", "shared": SHARED},
            environment={"SSL_CERT_FILE": str(directory / "ca.pem")},
        )
        yield servers.enter_context(running)


def _secure(authority: trustme.CA) -> KeyServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = KeyServer(context)
    server.publish(tokens.jwk("rsa-2048", "one"))
    return server


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_key_opens_its_hook_and_the_workflow_never_sees_it(
    server: Gateway, seen: list[Received]
) -> None:
    headers = {"X-Api-Key": "an-api-key"}
    assert server.request("POST", "/hooks/by-header", headers=headers).status_code == 200
    answer = server.request("GET", "/hooks/by-query?city=Paris&key=an-api-key")
    assert answer.json()["received"] == {"city": "Paris"}
    assert len(seen) == 2
    for request in seen:
        assert "an-api-key" not in f"{request.target}{request.headers}{request.body!r}"


def test_a_wrong_key_is_401(server: Gateway, seen: list[Received]) -> None:
    answer = server.request("POST", "/hooks/by-header", headers={"X-Api-Key": "an-api-kex"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'ApiKey realm="by-header"'
    assert server.request("GET", "/hooks/by-query?key=an-api-kex").status_code == 401
    assert not seen


def test_published_keys_verify_tokens(server: Gateway, issuer: KeyServer) -> None:
    rsa = mint(private_key("rsa-2048"), "RS256", {"kid": "one"})
    ec = mint(private_key("P-256"), "ES256", {"kid": "two"})
    for token in (rsa, ec, rsa, ec):
        assert server.request("GET", "/hooks/published", headers=_bearer(token)).status_code == 200
    assert issuer.asked == ["/jwks.json"]


@pytest.mark.parametrize(
    ("outcome", "token"),
    [
        ("key-unknown", mint(private_key("rsa-2048"), "RS256", {"kid": "three"})),
        ("key-unknown", mint(private_key("rsa-2048"), "RS256", {"kid": "two"})),
        ("signature-wrong", mint(private_key("rsa-2048", 1), "RS256", {"kid": "one"})),
        ("algorithm-refused", mint(private_key("rsa-2048"), "PS256", {"kid": "one"})),
        ("algorithm-refused", mint(SHARED, "HS256", {"kid": "one"})),
        ("token-expired", mint(private_key("rsa-2048"), "RS256", {"kid": "one"}, exp=1)),
        ("claim-refused", mint(private_key("rsa-2048"), "RS256", {"kid": "one"}, sub="other")),
        ("token-malformed", "x.y.z"),
    ],
)
def test_a_token_that_opens_nothing_is_explained_to_the_log_alone(
    server: Gateway, seen: list[Received], outcome: str, token: str
) -> None:
    headers = {**_bearer(token), "X-Request-Id": uuid.uuid4().hex}
    answer = server.request("GET", "/hooks/published", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "This hook requires valid Bearer credentials."
    assert outcome not in answer.text
    line = server.wait_for_line(request_id=headers["X-Request-Id"])
    assert line["outcome"] == outcome
    if outcome == "claim-refused":
        assert line["reason"] == "claims.sub: The claim 'sub' does not match."
    assert not seen


def test_a_token_never_says_where_its_key_is(server: Gateway, issuer: KeyServer) -> None:
    forger = private_key("rsa-2048", 9)
    own = tokens.jwk("rsa-2048", "one", number=9)
    with KeyServer().running() as trap:
        trap.publish(own)
        for members in ({"jku": trap.url}, {"x5u": trap.url}, {"jwk": own}, {"kid": trap.url}):
            token = mint(forger, "RS256", {"kid": "one", **members})
            answer = server.request("GET", "/hooks/published", headers=_bearer(token))
            assert answer.status_code == 401
    assert trap.asked == []
    assert set(issuer.asked) == {"/jwks.json"}


def test_a_token_of_a_megabyte_is_refused(server: Gateway, seen: list[Received]) -> None:
    for size, status in ((12_000, 401), (20_000, 431), (1 << 20, 431)):
        line = b"Authorization: Bearer " + b"x" * size
        head = b"GET /hooks/published HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n"
        assert exchange(server.port, head).status == status
    assert not seen
    assert server.request("GET", "/hooks/published").status_code == 401


def test_an_issuer_is_believed_where_its_certificate_is(server: Gateway) -> None:
    token = mint(private_key("rsa-2048"), "RS256", {"kid": "one"})
    assert server.request("GET", "/hooks/private", headers=_bearer(token)).status_code == 200
    answer = server.request("GET", "/hooks/stranger", headers=_bearer(token))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    (line,) = server.lines("keys not fetched")
    assert "certificate verify failed" in line["reason"]


def test_a_secret_that_cannot_be_a_key_takes_the_hook_out_of_service(server: Gateway) -> None:
    assert server.request("GET", "/hooks/shared", headers=_bearer(mint())).status_code == 200
    token = mint("an-api-key" * 4)
    assert server.request("GET", "/hooks/too-short", headers=_bearer(token)).status_code == 503
    hooks = server.request("GET", "/-/status", headers=ADMIN).json()["hooks"]
    (problem,) = next(hook["problems"] for hook in hooks if hook["name"] == "too-short")
    said = "secret 'api-key' cannot be used: it has 10 bytes; HS256 needs at least 32"
    assert problem == said

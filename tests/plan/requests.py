"""Requests that a hook of the small world is likely to take, and some that it may not."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from decimal import Decimal
from ipaddress import ip_network
from random import Random
from typing import Any, NamedTuple

import jwt
import msgspec

from gateway.compile.body import decode_body
from gateway.compile.forms import encode_form
from gateway.compile.payload import FORM, JSON
from gateway.compile.sample import Sample, sample_request
from gateway.compile.sample_values import document
from gateway.compile.signatures import compile_scheme
from gateway.compile.signatures.request import request_of
from gateway.language.spec import (
    ApiKeyAuthentication,
    BasicAuthentication,
    BearerAuthentication,
    Hook,
    JwtAuthentication,
    SignatureAuthentication,
)
from tests.plan.hooks import SCALARS

VALUES = {name: f"{name}-secret-of-more-than-forty-eight-bytes-{'x' * 24}" for name in "abc"}
"""Secrets by name, long enough for every type of authentication."""

CLIENTS = ("192.0.2.7", "192.0.2.200", "198.51.100.1", "2001:db8::7", "::1", "unknown")
DAY = 86_400.0
NOW = time.time()


class Request(NamedTuple):
    """One request. `at` is when it arrives, in POSIX seconds."""

    method: str
    path: str
    client: str
    headers: dict[str, str]
    query: dict[str, Any]
    body: bytes
    at: float


def request_for(hook: Hook, chance: Random) -> Request:
    """A request with which somebody would try to start the hook."""
    sample = sample_request(hook)
    sent = _decoded(sample)
    query, headers = {**sample.query}, {**sample.headers}
    for one in (sent, query, headers):
        _change(one, chance, texts=one is not sent or sample.content_type == FORM)
    if isinstance(hook.authentication, SignatureAuthentication) and isinstance(sent, dict):
        sent["webhookTimestamp"] = int(NOW * 1000)
    encode = encode_form if sample.content_type == FORM else msgspec.json.encode
    body = encode(sent) if sample.body or sent else b""
    request = Request(
        method=chance.choice([sample.method, sample.method, *hook.answered]),
        path=chance.choice([sample.path, sample.path.replace("city", "paris")]),
        client=_client(hook, chance),
        headers={"content-type": sample.content_type or JSON, **headers},
        query=query,
        body=body,
        at=NOW,
    )
    if chance.random() < 0.1:
        return _handshake(request, chance)
    return _proven(request, hook, chance)


def _decoded(sample: Sample) -> Any:
    """What a body says, whether its sender writes JSON or forms."""
    if not sample.body:
        return {}
    return decode_body((sample.content_type or JSON).encode(), sample.body).value


def _change(sent: Any, chance: Random, texts: bool) -> None:
    """Sometimes one parameter is another, or missing."""
    if isinstance(sent, dict) and sent and chance.random() < 0.2:
        name = chance.choice(sorted(sent))
        value = chance.choice(SCALARS)
        if chance.random() < 0.3:
            del sent[name]
        else:
            sent[name] = str(value) if texts else value


def _client(hook: Hook, chance: Random) -> str:
    if hook.allow_from and chance.random() < 0.7:
        return str(ip_network(chance.choice(hook.allow_from)).network_address)
    return chance.choice(CLIENTS)


def _handshake(request: Request, chance: Random) -> Request:
    asks = {"validationToken": "t", "challenge": "c", "hub.mode": "subscribe"}
    asks |= {"hub.verify_token": VALUES["a"], "hub.challenge": "1"}
    origin = {"webhook-request-origin": chance.choice(["a.example", "z.example"])}
    method = chance.choice(["GET", "POST", "OPTIONS"])
    return request._replace(method=method, query=asks, headers={**request.headers, **origin})


def _proven(request: Request, hook: Hook, chance: Random) -> Request:
    """With credentials that may open the hook, at a time when they may do so."""
    at = NOW + chance.choice([0, 0, -3 * DAY, DAY, 3 * DAY])
    headers, query = request.headers, request.query
    match hook.authentication:
        case BearerAuthentication(tokens=entries):
            headers = {**headers, "authorization": f"Bearer {_secret(entries, chance)}"}
        case BasicAuthentication(users=users):
            user = chance.choice(users)
            pair = f"{user.username}:{_secret([user.password], chance)}"
            headers = {**headers, "authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        case ApiKeyAuthentication(keys=entries, header=header):
            key = _secret(entries, chance)
            if isinstance(header, str):
                headers = {**headers, header.lower(): key}
            else:
                query = {**query, "key": key}
        case JwtAuthentication() as token:
            headers = {**headers, "authorization": f"Bearer {_token(token, chance)}"}
            at = NOW  # whoever verifies a token has a clock of its own
        case SignatureAuthentication() as signing:
            headers = {**headers, **_signed(signing, request, chance)}
            at = NOW
    return request._replace(headers=headers, query=query, at=at)


def _secret(entries: Any, chance: Random) -> str:
    name = chance.choice(entries).secret if chance.random() < 0.9 else chance.choice("abc")
    return VALUES[name]


def _token(spec: JwtAuthentication, chance: Random) -> str:
    audience = [spec.audience] if isinstance(spec.audience, str) else spec.audience
    claims = document(spec.claims) if isinstance(spec.claims, dict) else {}
    claims = {**claims, "iss": spec.issuer, "aud": chance.choice(audience)}
    claims["exp"] = int(NOW) + chance.choice([600, -10, -45, -200])
    key, algorithm = _secret(spec.secrets, chance), chance.choice(spec.algorithms)
    return jwt.encode(claims, key, algorithm=algorithm, json_encoder=_Numbers)


class _Numbers(json.JSONEncoder):
    """Writes the decimals of a hook's rules as numbers."""

    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def _signed(spec: SignatureAuthentication, request: Request, chance: Random) -> dict[str, str]:
    signer = compile_scheme(spec).signer
    key = signer.prepare_key(_secret(spec.secrets, chance).encode())
    now = NOW - chance.choice([0, 20, 45, 200, 500])
    made = signer.sign(request_of("POST", [], request.body, b"", ""), [key], now, "m")
    return {name.lower(): value for name, value in made.headers}

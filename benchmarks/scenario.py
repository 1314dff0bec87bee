"""The one request that every peer of a run is given, and the answer that makes it count."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

BODY_BYTES = 130
HOOK = "paris-orders"
WORKFLOW_ANSWER = b'{"orderId":"A-1042","status":"accepted","city":"Paris"}'


@dataclass(frozen=True)
class Scenario:
    """A request and two that differ from it by one thing each: the token, or the city."""

    name: str
    body: bytes
    wrong_body: bytes
    token: str
    connections: int
    method: str = "POST"
    path: str = f"/hooks/{HOOK}"
    extra_headers: dict[str, str] = field(default_factory=dict)

    @property
    def token_sha256(self) -> str:
        return hashlib.sha256(self.token.encode()).hexdigest()

    def headers(self, token: str | None = None) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {token or self.token}",
            "Content-Type": "application/json",
            **self.extra_headers,
        }


@dataclass(frozen=True)
class Site:
    """Where one peer runs: its own directory, its port, and the workflow it has to invoke."""

    workdir: Path
    port: int
    workflow_port: int
    scenario: Scenario

    @property
    def workflow_url(self) -> str:
        return f"http://127.0.0.1:{self.workflow_port}/run/paris"

    @property
    def facts(self) -> dict[str, object]:
        """What the settings of a peer have to name."""
        return {
            "port": self.port,
            "workflow": self.workflow_port,
            "token": self.scenario.token,
            "connections": self.scenario.connections,
        }

    def write(self, name: str, text: str) -> Path:
        path = self.workdir / name
        path.write_text(text, encoding="utf-8")
        return path


def bearer_post(connections: int, size: int = BODY_BYTES) -> Scenario:
    """A POST of `size` bytes of JSON with a bearer token that is new in every run."""
    return Scenario(
        name=f"POST, {size}-byte JSON body, bearer token, rule CityName = Paris",
        body=_order("Paris", size),
        wrong_body=_order("Turin", size),
        token=secrets.token_urlsafe(32),
        connections=connections,
    )


def _order(city: str, size: int) -> bytes:
    order = {"CityName": city, "orderId": "A-1042", "total": 129.5, "items": [{"sku": "B-7"}]}
    bare = json.dumps({**order, "note": ""}, separators=(",", ":"))
    return json.dumps({**order, "note": "x" * (size - len(bare))}, separators=(",", ":")).encode()

"""adnanh/webhook: token and a JSON field, then a command instead of an HTTP workflow."""

from __future__ import annotations

import json

from benchmarks.needs import debian, require, version_of
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch
from benchmarks.scenario import HOOK, Site


def _rule(value: str, source: str, name: str) -> dict[str, object]:
    parameter = {"source": source, "name": name}
    return {"match": {"type": "value", "value": value, "parameter": parameter}}


def _launch(site: Site) -> Launch:
    rules = [
        _rule(f"Bearer {site.scenario.token}", "header", "Authorization"),
        _rule("Paris", "payload", "CityName"),
    ]
    hook = {
        "id": HOOK,
        "execute-command": "/bin/true",
        # Without this it answers before the command has run.
        "include-command-output-in-response": True,
        "trigger-rule": {"and": rules},
        # It answers 200 to a mismatch otherwise.
        "trigger-rule-mismatch-http-response-code": 401,
    }
    hooks = site.write("hooks.json", json.dumps([hook], indent=2))
    return Launch(
        [require("webhook"), "-hooks", str(hooks), "-ip", "127.0.0.1", "-port", str(site.port)]
    )


def _version() -> str:
    return version_of(require("webhook"), "-version")


PEER = Peer(
    key="adnanh",
    name="adnanh/webhook",
    does="token, JSON field, runs /bin/true and waits for it; calls no workflow",
    need=debian("webhook", "webhook"),
    version=_version,
    launch=_launch,
    wrong_city=401,
    relays=False,
)

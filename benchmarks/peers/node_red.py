"""Node-RED: http in → function → http request → http response, on the Node that npm brings."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.needs import Need, require, run_installer, version_of
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch
from benchmarks.scenario import Site

PEERS_DIR = Path(__file__).resolve().parent.parent / ".peers"
PACKAGES = ("node-red@5", "node@24")
MODULES = PEERS_DIR / "node_modules"
NODE = MODULES / ".bin" / "node"
RED = MODULES / "node-red" / "red.js"

CHECKS = """\
if (msg.req.headers.authorization !== %(authorization)s) {
    msg.statusCode = 401; msg.payload = ''; return [null, msg];
}
if (msg.payload.CityName !== 'Paris') {
    msg.statusCode = 422; msg.payload = ''; return [null, msg];
}
msg.headers = {'content-type': 'application/json'};
return [msg, null];
"""

SETTINGS = """\
module.exports = {
    uiHost: '127.0.0.1', uiPort: %(port)d, flowFile: 'flows.json', userDir: %(userdir)s,
    httpAdminRoot: false, disableEditor: true, credentialSecret: false,
    telemetry: {enabled: false},
    logging: {console: {level: 'warn', metrics: false, audit: false}},
};
"""


def _present() -> bool:
    return RED.exists() and NODE.exists() and version_of(str(NODE), "--version").startswith("24.")


def _install() -> None:
    PEERS_DIR.mkdir(exist_ok=True)
    npm = [require("npm"), "install", "--prefix", str(PEERS_DIR), "--no-audit", "--no-fund"]
    run_installer([*npm, *PACKAGES])


def _flow(site: Site) -> list[dict[str, object]]:
    checks = CHECKS % {"authorization": json.dumps(f"Bearer {site.scenario.token}")}
    entry = {"type": "http in", "url": site.scenario.path, "method": site.scenario.method.lower()}
    check = {"type": "function", "func": checks, "outputs": 2}
    # `persist` keeps the connection to the workflow open; it is off by default.
    call = {"type": "http request", "method": "POST", "url": site.workflow_url, "persist": True}
    return [
        {"id": "tab", "type": "tab", "label": "hooks"},
        {"id": "in", "z": "tab", "wires": [["check"]], **entry},
        {"id": "check", "z": "tab", "wires": [["call"], ["out"]], **check},
        {"id": "call", "z": "tab", "wires": [["out"]], "ret": "txt", "paytoqs": "ignore", **call},
        {"id": "out", "z": "tab", "type": "http response", "wires": []},
    ]


def _launch(site: Site) -> Launch:
    userdir = json.dumps(str(site.workdir))
    settings = site.write("settings.js", SETTINGS % {"port": site.port, "userdir": userdir})
    site.write("flows.json", json.dumps(_flow(site)))
    argv = [str(NODE), str(RED), "--settings", str(settings), "--userDir", str(site.workdir)]
    return Launch(argv, {"NODE_ENV": "production"})


def _version() -> str:
    package = json.loads((MODULES / "node-red" / "package.json").read_text())
    return f"{package['version']} on Node {version_of(str(NODE), '--version')}"


PEER = Peer(
    key="node-red",
    name="Node-RED",
    does="token, JSON field, calls the workflow; one process",
    need=Need("Node-RED on Node 24", _present, _install, f"npm install {' '.join(PACKAGES)}"),
    version=_version,
    launch=_launch,
    wrong_city=422,
)

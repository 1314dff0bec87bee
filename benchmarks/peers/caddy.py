"""Caddy as a reverse proxy that checks the token; it cannot look into a body."""

from __future__ import annotations

from benchmarks.needs import debian, first_line, require
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch
from benchmarks.scenario import Site

CADDYFILE = """\
{{
    admin off
    auto_https off
}}
http://127.0.0.1:{port} {{
    bind 127.0.0.1
    @right_token header Authorization "Bearer {token}"
    handle @right_token {{
        reverse_proxy 127.0.0.1:{workflow} {{
            transport http {{
                keepalive_idle_conns_per_host {connections}
            }}
        }}
    }}
    handle {{
        respond 401
    }}
}}
"""


def _launch(site: Site) -> Launch:
    text = CADDYFILE.format(
        port=site.port,
        token=site.scenario.token,
        workflow=site.workflow_port,
        connections=site.scenario.connections,
    )
    caddyfile = site.write("Caddyfile", text)
    home = {"HOME": str(site.workdir), "XDG_DATA_HOME": str(site.workdir)}
    return Launch(
        [require("caddy"), "run", "--adapter", "caddyfile", "--config", str(caddyfile)], home
    )


def _version() -> str:
    return first_line(require("caddy"), "version").split()[0]


PEER = Peer(
    key="caddy",
    name="Caddy",
    does="token only, proxies; one process, a thread per core",
    need=debian("caddy", "caddy"),
    version=_version,
    launch=_launch,
)

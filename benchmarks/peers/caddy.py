"""Caddy as a reverse proxy that checks the token; it cannot look into a body."""

from __future__ import annotations

from benchmarks.needs import debian, require, version_of
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
    caddyfile = site.write("Caddyfile", CADDYFILE.format(**site.facts))
    home = {"HOME": str(site.workdir), "XDG_DATA_HOME": str(site.workdir)}
    return Launch(
        [require("caddy"), "run", "--adapter", "caddyfile", "--config", str(caddyfile)], home
    )


def _version() -> str:
    return version_of(require("caddy"), "version")


PEER = Peer(
    key="caddy",
    name="Caddy",
    does="token only, proxies; one process, a thread per core",
    need=debian("caddy", "caddy"),
    version=_version,
    launch=_launch,
)

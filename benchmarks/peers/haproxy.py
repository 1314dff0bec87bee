"""HAProxy: token and a JSON field of the body, then the workflow; the fastest that does it all."""

from __future__ import annotations

from benchmarks.needs import debian, require, version_of
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch
from benchmarks.scenario import Site

SETTINGS = """\
defaults
    mode http
    option http-buffer-request
    option http-keep-alive
    http-reuse always
    timeout connect 5s
    timeout client 30s
    timeout server 30s

frontend hooks
    bind 127.0.0.1:{port}
    acl right_token req.hdr(authorization) -m str "Bearer {token}"
    acl right_city req.body,json_query('$.CityName') -m str Paris
    http-request deny deny_status 401 unless right_token
    http-request deny deny_status 422 unless right_city
    default_backend workflow

backend workflow
    server workflow 127.0.0.1:{workflow}
"""


def _launch(site: Site) -> Launch:
    settings = site.write("haproxy.cfg", SETTINGS.format(**site.facts))
    return Launch([require("haproxy"), "-db", "-f", str(settings)])


def _version() -> str:
    return version_of(require("haproxy"), "-v")


PEER = Peer(
    key="haproxy",
    name="HAProxy",
    does="token, JSON field, proxies; one process, a thread per core",
    need=debian("haproxy", "haproxy"),
    version=_version,
    launch=_launch,
    wrong_city=422,
)

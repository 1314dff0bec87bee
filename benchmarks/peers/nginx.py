"""nginx as a reverse proxy that checks the token, with connections to the workflow kept open."""

from __future__ import annotations

from benchmarks.needs import debian, require, version_of
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Launch
from benchmarks.scenario import Site

FRAME = """\
daemon off;
worker_processes 1;
pid {workdir}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {workdir}/body;
    proxy_temp_path {workdir}/proxy;
    fastcgi_temp_path {workdir}/fastcgi;
    uwsgi_temp_path {workdir}/uwsgi;
    scgi_temp_path {workdir}/scgi;
{http}
}}
"""

PROXY = """\
    upstream workflow {{
        server 127.0.0.1:{workflow};
        keepalive {connections};
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            if ($http_authorization != "Bearer {token}") {{ return 401; }}
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://workflow;
        }}
    }}"""

NEED = debian("nginx", "nginx-light")


def launch(site: Site, http: str) -> Launch:
    """nginx with one worker and `http` inside its `http {}`; writes only below the site."""
    settings = site.write("nginx.conf", FRAME.format(workdir=site.workdir, http=http))
    return Launch([require("nginx"), "-p", str(site.workdir), "-c", str(settings), "-e", "stderr"])


def _launch(site: Site) -> Launch:
    return launch(site, PROXY.format(**site.facts))


def version() -> str:
    return version_of(require("nginx"), "-v")


PEER = Peer(
    key="nginx",
    name="nginx",
    does="token only, proxies; one worker",
    need=NEED,
    version=version,
    launch=_launch,
)

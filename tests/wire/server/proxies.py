"""nginx and HAProxy in front of a server, with connections that they use again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.polling import until

PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
_NGINX = """\
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
    fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
    upstream server {{ server 127.0.0.1:{server}; keepalive 4; }}
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 0;
        large_client_header_buffers 4 64k;
        location / {{
            proxy_pass http://server; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_request_buffering off; proxy_next_upstream off;
        }}
    }}
}}
"""
_HAPROXY = """\
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    http-reuse always
frontend front
    bind 127.0.0.1:{port}
    default_backend back
backend back
    server server 127.0.0.1:{server}
"""
COMMANDS = {
    "nginx": (_NGINX, ["nginx", "-p", "{folder}", "-e", "{folder}/e.log", "-c", "{folder}/conf"]),
    "haproxy": (_HAPROXY, ["haproxy", "-db", "-f", "{folder}/conf"]),
}


@contextmanager
def in_front(proxy: str, server: int, folder: Path) -> Iterator[int]:
    """The port of a proxy in front of a server's."""
    conf, command = COMMANDS[proxy]
    binary = shutil.which(command[0], path=PATH)
    if binary is None:
        pytest.skip(f"{proxy} is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    facts = {"folder": folder, "port": port, "server": server}
    (folder / "conf").write_text(conf.format(**facts))
    argv = [binary, *(word.format(**facts) for word in command[1:])]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=output)
    try:
        until(lambda: _listens(port))
        yield port
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0

"""The workflow endpoint: nginx with a static answer, several times faster than all who call it."""

from __future__ import annotations

import http.client

from benchmarks.peers import nginx
from benchmarks.processes import Launch, PeerError
from benchmarks.scenario import WORKFLOW_ANSWER, Scenario, Site

STATIC = """\
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        default_type application/json;
        return 200 '{answer}';
    }}"""


def launch(site: Site) -> Launch:
    return nginx.launch(site, STATIC.format(port=site.port, answer=WORKFLOW_ANSWER.decode()))


def check(port: int, scenario: Scenario) -> None:
    """Two bodies over one connection: it keeps the connection and reads what it is sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.connect()
        socket = connection.sock
        for _ in range(2):
            connection.request("POST", "/run/paris", scenario.body, scenario.headers())
            answer = connection.getresponse()
            if answer.status != 200 or answer.read() != WORKFLOW_ANSWER:
                raise PeerError(f"the workflow endpoint answered {answer.status}")
            if connection.sock is not socket:
                raise PeerError("the workflow endpoint closed a connection it should keep")
    finally:
        connection.close()

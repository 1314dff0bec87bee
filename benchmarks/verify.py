"""Figures count only for true answers: the right one is given, the wrong ones are refused."""

from __future__ import annotations

import http.client

from benchmarks.peers.protocol import Peer
from benchmarks.processes import PeerError
from benchmarks.scenario import WORKFLOW_ANSWER, Scenario


def answers(peer: Peer, port: int, scenario: Scenario) -> None:
    """Raises unless the scenario's request gets 200 and, where relayed, the workflow's body."""
    status, body = _ask(port, scenario, scenario.token, scenario.body)
    if status != 200:
        raise PeerError(f"the right request got {status}: {body[:200]!r}")
    if peer.relays and body != WORKFLOW_ANSWER:
        raise PeerError(f"the right request got another body than the workflow's: {body[:200]!r}")


def refuses(peer: Peer, port: int, scenario: Scenario) -> None:
    """Raises unless a wrong token of the same length, and a wrong city, are refused as promised."""
    wrong_token = "x" * len(scenario.token)
    _expect("a wrong token", peer.wrong_token, _ask(port, scenario, wrong_token, scenario.body))
    if peer.wrong_city is not None:
        found = _ask(port, scenario, scenario.token, scenario.wrong_body)
        _expect("a wrong city", peer.wrong_city, found)


def _expect(request: str, status: int, found: tuple[int, bytes]) -> None:
    if found[0] != status:
        raise PeerError(f"{request} got {found[0]} instead of {status}")


def _ask(port: int, scenario: Scenario, token: str, body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(scenario.method, scenario.path, body, scenario.headers(token))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise PeerError(f"not an HTTP answer: {error!r}") from error
    finally:
        connection.close()

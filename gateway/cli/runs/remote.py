"""The runs of a running gateway, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from gateway.cli.runs.reaching import TOKEN, DeclinedError
from gateway.errors import KeepsNoRuns, NoEndpoint, NoSuchRun, OperatorError

PATIENCE = 600.0
"""Seconds for an answer: a part of a change, or a backup, may take that long."""

_NOT_THERE = {f"urn:webhook-gateway:{kind.code}" for kind in (KeepsNoRuns, NoEndpoint, NoSuchRun)}
"""What operators' endpoints answer with 404."""
_OURS = {"runs", "run", "file", "request_id", "hooks"}
"""Each answer of a gateway to what is asked here has one of these."""


class Remote:
    """A gateway by the address of its operators' endpoints. Redirects are not followed: the token
    is for this address alone.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of an answer; see `Runs`."""
        try:
            status, data = self._exchange(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise OperatorError(
                f"the gateway cannot be reached at {self._url}: {_reason(error)}; set --url; "
                "where the gateway is stopped, --state-dir, or --store for a database"
            ) from None
        try:
            answer = json.loads(data)
        except ValueError:
            answer = None
        known = isinstance(answer, dict) and (status >= 400 or _OURS & answer.keys())
        if not known or 300 <= status < 400:
            raise OperatorError(f"{self._url} is not a gateway: its answer has status {status}")
        return self._judged(status, answer)

    def hooks(self) -> list[str]:
        """The names of the loaded hooks."""
        return [one["name"] for one in self.ask("GET", "/-/status")["hooks"]]

    def _judged(self, status: int, answer: dict[str, Any]) -> dict[str, Any]:
        if status < 300:
            return answer
        detail = str(answer.get("detail", f"status {status}"))
        if status == 401:
            raise OperatorError(
                f"{self._url} does not accept the admin token; check --secrets and --admin-token, "
                f"or {TOKEN}"
            )
        if status == 404 and str(answer.get("type", "")) not in _NOT_THERE:
            raise OperatorError(f"{self._url} has no operators' endpoints; set --url")
        raise DeclinedError(status, detail)

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        parts = urlsplit(self._url)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        try:
            connection.request(method, f"{parts.path}{path}", data, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        trusted = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=trusted)
    return http.client.HTTPConnection(host, port, timeout=PATIENCE)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

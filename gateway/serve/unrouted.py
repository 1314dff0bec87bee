"""Requests that the wire refuses before there is anything to route: answered and logged as all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Literal

from gateway.compile.exchange import Exchange, Unread
from gateway.errors import Refusal
from gateway.ids import request_id
from gateway.serve.answering import SERVER, problem_document
from gateway.serve.client import ClientFinder
from gateway.wire.server import RequestHead

Record = Callable[[Exchange, Literal["debug", "info"]], None]


class Unrouted:
    """The wire's `Refuse`: words an answer as problem+json (RFC 9457), and tells the log."""

    def __init__(self, clients: ClientFinder, record: Record) -> None:
        self._clients = clients
        self._record = record

    def __call__(
        self, status: int, code: str, detail: str, head: RequestHead
    ) -> tuple[int, Sequence[tuple[bytes, bytes]], bytes]:
        """The answer to what no hook sees."""
        exchange = self._exchange(head)
        exchange.status, exchange.outcome, exchange.reason = status, code, detail
        answer = problem_document(status, code, _title(status, code), detail, exchange.request_id)
        exchange.bytes_out = 0 if head.method == "HEAD" else len(answer.body)
        self._record(exchange, "info")
        request = (b"x-request-id", exchange.request_id.encode())
        return status, (*answer.headers, SERVER, request), answer.body

    def _exchange(self, head: RequestHead) -> Exchange:
        known = head.fields.get(b"x-request-id")
        peer = "" if head.client is None else head.client[0]
        path = head.target.partition(b"?")[0]
        return Exchange(
            method=head.method,
            path=path.decode("utf-8", "replace"),
            raw_path=path,
            query_string=b"",
            headers=[],
            fields=head.fields,
            client=self._clients.find(peer, _listed(head)),
            request_id=request_id(known if isinstance(known, bytes) else None),
            started=time.perf_counter(),
            source=Unread(),
        )


def _listed(head: RequestHead) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    for name, value in head.fields.items():
        found += [(name, one) for one in (value if isinstance(value, list) else [value])]
    return found


_TITLES = {kind.code: kind.title for kind in Refusal.__subclasses__()}


def _title(status: int, code: str) -> str:
    return _TITLES.get(code) or HTTPStatus(status).phrase

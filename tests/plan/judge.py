"""Whether a hook takes a request, as what runs has it: its guards, its matcher, its encoder."""

from __future__ import annotations

from collections.abc import Coroutine
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from gateway.compile.body import decode_query
from gateway.compile.encoder import PayloadEncoder
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.hook import Hook
from gateway.compile.matcher import compile_match
from gateway.compile.payload import WITH_BODY
from gateway.compile.templates.mapping import Mapped
from gateway.errors import NoMatch, Refusal
from gateway.language import spec as language
from gateway.language.lint.parts import workflow_of
from gateway.language.routes import pattern_of
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.plan.requests import VALUES, Request
from tests.support.exchanges import Body, fields_of


class Judge:
    """Compiles hooks and asks them. Limits that count requests are left to tests of their own."""

    def __init__(self, directory: Path) -> None:
        for name, value in VALUES.items():
            (directory / name).write_text(value)
        self._now = 0.0
        seconds = count(step=1_000_000)  # no failure is held against the next request
        self._runtime = Runtime(
            Settings(hooks=directory, secrets=directory),
            clock=lambda: self._now,
            monotonic=lambda: float(next(seconds)),
        )

    def takes(self, spec: language.Hook, request: Request) -> bool:
        """Whether the request is the hook's, and is answered with no refusal."""
        self._now = request.at
        if not (spec.enabled and request.method in spec.answered and owns(spec, request.path)):
            return False
        try:
            done(self._answered(spec, request))
        except Refusal:
            return False
        return True

    async def _answered(self, spec: language.Hook, request: Request) -> None:
        exchange = _exchange(request)
        connection = SimpleNamespace(scope={SCOPE_KEY: exchange})
        try:
            for guard in Hook(spec, self._runtime).guards:
                await guard(connection, None)
        finally:
            if exchange.occupies is not None:
                exchange.occupies.in_flight -= 1
        if exchange.answer is not None:
            return
        matcher = compile_match(spec.match)
        workflow = workflow_of(spec)
        mapped = Mapped(spec, workflow, {})
        encoder = PayloadEncoder(workflow, matcher.needs_body, matcher.compares_numbers, mapped)
        query = decode_query(exchange.query_string)
        body = await exchange.read_body() if exchange.method in WITH_BODY else None
        received = encoder.read(exchange, body, query)
        judged = None if body is None else received
        if matcher(judged, query, exchange.fields, exchange.path_params) is not None:
            raise NoMatch("The rules do not hold.")
        encoder.fill(exchange, body, received, query, None)


def owns(spec: language.Hook, path: str) -> bool:
    """Whether a path is one of the hook's."""
    pattern, segments = pattern_of(spec.route), path.split("/")[1:]
    return len(pattern) == len(segments) and all(
        one in (None, segment) for one, segment in zip(pattern, segments, strict=True)
    )


def _exchange(request: Request) -> Exchange:
    headers = [(name.lower().encode(), one.encode()) for name, one in request.headers.items()]
    exchange = Exchange(
        method=request.method, path=request.path, raw_path=request.path.encode(),
        query_string=urlencode(request.query, doseq=True).encode(), client=request.client,
        headers=headers, fields=fields_of(headers),
        request_id="r", started=0.0, source=Body(request.body),
    )  # fmt: skip
    exchange.length = len(request.body)
    return exchange


def done(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run what never waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("nothing here should wait")

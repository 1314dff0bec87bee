"""Pages in browsers, as far as no hook's guard sees their requests: preflights and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.compile.answer import Headers
from gateway.compile.cors import Cors, is_preflight
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.serve.answering import write_answer

REQUEST = "gateway.request"
"""Where the wire's scope has its own side of a request."""

FindOwner = Callable[[str, str], str | None]
"""The name of the hook that owns a method and a path."""


class Pages:
    """What the hooks of a generation say to pages of other origins. `methods` are all there are."""

    def __init__(
        self, cors: Mapping[str, Cors], find_owner: FindOwner, methods: Iterable[str]
    ) -> None:
        self._cors = cors
        self._find_owner = find_owner
        self._methods = tuple(methods)

    def preflight(self, exchange: Exchange) -> Any:
        """The ASGI app that answers a preflight request; None for any other request, and where no
        hook answers it.
        """
        if not self._cors or not is_preflight(exchange):
            return None
        name = self._owner(exchange)
        if name is None:
            return None
        exchange.hook = name
        return _answering(self._cors[name])

    def of(self, hook: str) -> Cors | None:
        """What a hook says; None where it does not know pages, and where there is no such hook."""
        return self._cors.get(hook)

    def headers(self, exchange: Exchange) -> Headers:
        """What lets pages read a refusal."""
        if not self._cors:
            return ()
        cors = self._cors.get(exchange.hook or self._owner(exchange) or "")
        return () if cors is None else cors.headers(exchange)

    def _owner(self, exchange: Exchange) -> str | None:
        """The hook that takes the method which a browser asks for, else any on the path."""
        path = exchange.path
        if not path or path[-1] == "/":
            return None
        asked = exchange.fields.get(b"access-control-request-method")
        first = [asked.decode("latin-1")] if isinstance(asked, bytes) else []
        methods = [method for method in (*first, *self._methods) if method in self._methods]
        owners = (self._find_owner(method, path) for method in methods)
        return next((owner for owner in owners if owner in self._cors), None)


def _answering(cors: Cors) -> Any:
    async def answer(scope: Any, _receive: Any, _send: Any) -> None:
        exchange: Exchange = scope[SCOPE_KEY]
        write_answer(scope[REQUEST].give, exchange, cors.preflight(exchange))

    return answer

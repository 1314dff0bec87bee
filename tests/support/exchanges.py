"""An exchange that nobody sent, for what only looks at one."""

from __future__ import annotations

from gateway.compile.exchange import Exchange


async def _no_body(_exchange: Exchange) -> bytes:
    return b""


def an_exchange() -> Exchange:
    """A POST of nothing to '/', with the request id `id-1`."""
    return Exchange(
        method="POST",
        path="/",
        raw_path=b"/",
        query_string=b"",
        headers=[],
        client="",
        request_id="id-1",
        started=0.0,
        read=_no_body,
    )

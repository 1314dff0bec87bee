"""Apps that wait, stream, fail or answer wrongly."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.wire.server.request import App
from tests.wire.server.serving import Site, read


def waiting(site: Site) -> App:
    """Never answers `/wait`; says how it ended. Reads the body of all else."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        site.note("begun")
        try:
            if scope["raw_path"] == b"/wait":
                await asyncio.Event().wait()
            body = await read(receive)
        except asyncio.CancelledError:
            site.note("cancelled")
            raise
        except ConnectionError:
            site.note("disconnected")
            raise
        except Exception as error:
            site.note(str(error))
            raise
        scope["gateway.request"].respond(200, (), b"%d" % len(body))

    return app


def refusing(site: Site) -> App:
    """Answers 401 before it reads."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        site.note(scope["raw_path"].decode())
        scope["gateway.request"].respond(401, (), b"no")

    return app


def large(site: Site) -> App:
    """Answers with 32 MiB, whole or in pieces."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        piece = bytes(1024 * 1024)
        try:
            if scope["raw_path"] == b"/whole":
                scope["gateway.request"].respond(200, (), piece * 32)
                return
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(32):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                site.note("piece")
            await send({"type": "http.response.body"})
        except asyncio.CancelledError:
            site.note("cancelled")
            raise
        site.note("complete")

    return app


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def part(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


def sending(*messages: dict[str, Any]) -> Any:
    """Sends messages as they are, whatever ASGI says of them."""

    def make(site: Site) -> App:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            for message in messages:
                await send(message)

        return app

    return make

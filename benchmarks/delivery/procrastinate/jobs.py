"""Accepts and delivers with procrastinate: an ASGI app, and the task for its worker."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import cache
from typing import Any

import aiohttp
from procrastinate import App, PsycopgConnector, RetryStrategy

DIGEST = os.environ.get("JOB_DIGEST", "")
WORKFLOW = os.environ.get("JOB_WORKFLOW", "")
app = App(connector=PsycopgConnector(conninfo=os.environ["JOB_DATABASE"], min_size=4, max_size=16))


@cache
def session() -> aiohttp.ClientSession:
    """Connections that are kept open."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))


@app.task(name="deliver", retry=RetryStrategy(max_attempts=10, exponential_wait=5))
async def deliver(body: Any) -> Any:
    """One delivery."""
    async with session().post(WORKFLOW, json=body) as answer:
        answer.raise_for_status()
        return await answer.json()


async def accept(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI app: 202 once the job is committed."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    status, said = await _accepted(scope, receive)
    body = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Any, send: Any) -> None:
    await receive()
    await app.open_async()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await app.close_async()
    await send({"type": "lifespan.shutdown.complete"})


async def _accepted(scope: Any, receive: Any) -> tuple[int, dict[str, Any]]:
    token = dict(scope["headers"]).get(b"authorization", b"").removeprefix(b"Bearer ")
    if not hmac.compare_digest(hashlib.sha256(token).hexdigest(), DIGEST):
        return 401, {"status": "unauthorized"}
    received = b""
    more = True
    while more:
        message = await receive()
        received += message.get("body", b"")
        more = message.get("more_body", False)
    body = json.loads(received)
    if body.get("CityName") != "Paris":
        return 422, {"status": "no match"}
    return 202, {"status": "queued", "run": await deliver.defer_async(body=body)}

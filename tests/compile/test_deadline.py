"""A workflow's deadline is the one that is written, whatever the client would round it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.compile.invoker import Invoker
from gateway.compile.payload import Payload
from gateway.errors import WorkflowTimeout
from gateway.language.decode import convert
from gateway.language.spec import Workflow
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.support.exchanges import an_exchange

pytestmark = pytest.mark.anyio
EXACT = 0.010


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def workflow_that(answers: list[bytes]) -> AsyncIterator[str]:
    """The URL of a server that gives these answers, one a connection, and then hangs."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answers:
            writer.write(answers.pop())
        else:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When each timer that is set will end."""
    ends: list[float] = []
    set_timer = asyncio.BaseEventLoop.call_at

    def call_at(self: Any, when: float, *arguments: Any, **context: Any) -> Any:
        ends.append(when)
        return set_timer(self, when, *arguments, **context)

    monkeypatch.setattr(asyncio.BaseEventLoop, "call_at", call_at)
    return ends


@pytest.mark.parametrize(("written", "seconds"), [("100ms", 0.1), ("1500ms", 1.5)])
@pytest.mark.parametrize("attempts", [1, 3])
async def test_no_timer_of_an_invocation_ends_later_than_the_hook_says(
    tmp_path: Path, timers: list[float], written: str, seconds: float, attempts: int
) -> None:
    unavailable = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    runtime = Runtime(Settings(hooks=tmp_path))
    answers = [unavailable] * (attempts > 1 and seconds > 1)
    async with workflow_that(answers) as url:
        keys = {"url": url, "timeout": written, "retry": {"attempts": attempts}}
        workflow = convert({"name": "w", "workflow": keys}).workflow
        assert isinstance(workflow, Workflow)
        started = asyncio.get_running_loop().time()
        with pytest.raises(WorkflowTimeout, match=f"{seconds:g} s"):
            await Invoker(workflow, runtime)(an_exchange(), Payload())
        await runtime.close()
    assert not answers
    assert any(end >= started + seconds for end in timers)
    assert max(timers) <= started + seconds + EXACT * 5

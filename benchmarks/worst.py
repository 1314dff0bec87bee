"""How long the costliest bodies hold the event loop: `make bench-worst` prints a table."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.hook import Hook
from gateway.compile.json_bounds import MAX_VALUES
from gateway.errors import Refusal
from gateway.language.decode import convert
from gateway.runtime.runtime import Runtime
from gateway.settings import MIB, Settings
from tests.support.exchanges import Body, fields_of

ROUNDS = 3
BEAT = 0.001
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"
LARGE = 25 * MIB
GITHUB = {"type": "signature", "scheme": "github", "secrets": [{"env": "PATH"}]}
ED25519 = {"type": "signature", "scheme": "standard-webhooks", "secrets": [{"env": "WORST_KEY"}]}
WRONG = " ".join(["v1a," + b64encode(bytes(64)).decode()] * 4)

Make = Callable[[int], bytes]
"""A body of at most so many bytes."""


def _filled(shape: bytes, most: int = 1 << 40) -> Make:
    """A JSON array of as many equal elements as fit, at most so many."""
    return lambda size: b"[" + shape * min(size // len(shape) - 1, most) + b"0]"


WORST: dict[str, tuple[bytes, Make]] = {
    "`[{},{},…]`, refused": (JSON, _filled(b"{},")),
    "`{}` as often as allowed": (JSON, _filled(b"{},", MAX_VALUES // 2 - 1)),
    '`{"":0}` as often as allowed': (JSON, _filled(b'{"":0},', MAX_VALUES // 2 - 1)),
    "numbers with a fraction as often as allowed": (JSON, _filled(b"1.5,", MAX_VALUES - 1)),
    "integers of 4,300 digits": (JSON, _filled(b"1" * 4300 + b",")),
    "one text of escapes": (JSON, lambda size: b'"' + b"\\u00e9" * (size // 6 - 1) + b'"'),
    "one text of colons": (JSON, lambda size: b'["' + b":" * (size - 4) + b'"]'),
    "a form of escapes": (FORM, lambda size: b"a=" + b"%41" * (size // 3 - 1)),
}


class _Heart:
    """Beats on the loop; `longest` is the longest that a beat was late, in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, time.perf_counter() - before - BEAT)


def _exchange(content_type: bytes, body: bytes) -> Exchange:
    """A request; the signatures are wrong, and the Ed25519 ones as many as are looked at."""
    headers = [
        (b"content-type", content_type),
        (b"x-hub-signature-256", b"sha256=" + b"0" * 64),
        (b"webhook-id", b"1"),
        (b"webhook-timestamp", b"%d" % time.time()),
        (b"webhook-signature", WRONG.encode()),
    ]
    return Exchange(
        method="POST", path="/hooks/worst", raw_path=b"/hooks/worst", query_string=b"",
        headers=headers, fields=fields_of(headers), client="203.0.113.9", request_id="r",
        started=0.0, source=Body(body),
    )  # fmt: skip


async def _held(hook: Hook, content_type: bytes, body: bytes) -> float:
    """Seconds that one request held the loop: its guards, its body, its rules."""
    heart = _Heart()
    beating = asyncio.create_task(heart.beat())
    await asyncio.sleep(5 * BEAT)
    heart.longest = 0.0
    exchange = _exchange(content_type, body)
    connection = SimpleNamespace(scope={SCOPE_KEY: exchange})
    with suppress(Refusal):
        for guard in hook.guards:
            await guard(connection, None)
        await hook.activate(exchange)
    await asyncio.sleep(2 * BEAT)
    beating.cancel()
    if exchange.occupies is not None:
        exchange.occupies.in_flight -= 1
    return heart.longest


def _hook(runtime: Runtime, **written: object) -> Hook:
    rule = {"body": {"nothing": "like this"}}
    keys = {"name": "worst", "method": "POST", "match": rule, "workflow": "http://x/"}
    return Hook(convert({**keys, **written}), runtime)


async def _rows(runtime: Runtime) -> list[tuple[str, float, float]]:
    hook = _hook(runtime, authentication="none", limits={"body": "25MiB"})
    github = _hook(runtime, authentication=GITHUB, limits={"body": "25MiB"})
    ed25519 = _hook(runtime, authentication=ED25519, limits={"body": "25MiB"})
    rows = []
    for name, (content_type, make) in WORST.items():
        rows.append(await _row(name, hook, content_type, make))
    for name, signed in (
        ("a wrong HMAC signature", github),
        ("four wrong Ed25519 signatures", ed25519),
    ):
        rows.append(await _row(name, signed, JSON, lambda size: b"x" * size))
    return rows


async def _row(name: str, hook: Hook, content_type: bytes, make: Make) -> tuple[str, float, float]:
    usual = await _least(hook, content_type, make(MIB))
    large = await _least(hook, content_type, make(LARGE))
    return name, usual, large


async def _least(hook: Hook, content_type: bytes, body: bytes) -> float:
    return min([await _held(hook, content_type, body) for _ in range(ROUNDS)])


def main() -> None:
    """Print the table."""
    os.environ["WORST_KEY"] = (
        "whpk_" + b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    )
    runtime = Runtime(Settings(hooks=Path("hooks.d")))
    print(f"Python {platform.python_version()}, the best of {ROUNDS} rounds.\n")
    print("| body | 1 MiB, ms | 25 MiB, ms |\n| --- | ---: | ---: |")
    for name, usual, large in asyncio.run(_rows(runtime)):
        print(f"| {name} | {usual * 1000:.0f} | {large * 1000:.0f} |")


if __name__ == "__main__":
    main()

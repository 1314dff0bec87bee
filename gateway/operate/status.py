"""What the process serves, hook by hook: the answer to "why did it not fire?"."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from gateway import __version__
from gateway.compile.exchange import Exchange
from gateway.compile.responder import Answer
from gateway.language.diagnostic import Diagnostic
from gateway.operate.endpoints import Endpoint, answer_json
from gateway.serve.generation import Generation, Served


def status(current: Callable[[], Generation | None]) -> dict[tuple[str, str], Endpoint]:
    """`GET /-/status`: the generation, each hook's state, and the diagnostics."""

    async def answer(_exchange: Exchange) -> Answer:
        generation = current()
        return answer_json(200, {} if generation is None else describe(generation))

    return {("GET", "/-/status"): answer}


def describe(generation: Generation) -> dict[str, Any]:
    """A generation as JSON values; places as file:line:column."""
    return {
        "version": __version__,
        "process": os.getpid(),
        "generation": generation.number,
        "digest": generation.digest,
        "loaded_at": generation.loaded_at.isoformat(timespec="milliseconds"),
        "hooks": [_hook(hook) for hook in generation.hooks],
        "diagnostics": [_diagnostic(found) for found in generation.diagnostics],
    }


def _hook(hook: Served) -> dict[str, Any]:
    return {
        "name": hook.name,
        "path": hook.route,
        "methods": list(hook.methods),
        "file": hook.file,
        "state": hook.state,
        "problems": hook.running.problems() if hook.running else [],
    }


def _diagnostic(found: Diagnostic) -> dict[str, Any]:
    return {
        "place": f"{found.file}:{found.place.line}:{found.place.column}",
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "hook": found.hook,
    }

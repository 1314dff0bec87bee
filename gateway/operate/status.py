"""What the process serves, hook by hook: the answer to "why did it not fire?"."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from gateway import __version__
from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange
from gateway.language.diagnostic import Diagnostic
from gateway.operate.endpoints import Endpoint, answer_json
from gateway.reload.messages import Board
from gateway.serve.generation import Generation, Served


def status(
    current: Callable[[], Generation | None], board: Callable[[], Board]
) -> dict[tuple[str, str], Endpoint]:
    """`GET /-/status`: the generation, each hook's state, the workers, and what is wrong."""

    async def answer(_exchange: Exchange) -> Answer:
        return answer_json(200, describe(current(), board()))

    return {("GET", "/-/status"): answer}


def describe(generation: Generation | None, board: Board) -> dict[str, Any]:
    """A generation as JSON values, number 0 before there is one; places as file:line:column."""
    return {
        "version": __version__,
        "process": os.getpid(),
        **(NOTHING if generation is None else _generation(generation)),
        "workers": describe_workers(board),
        "problems": list(board.problems),
    }


NOTHING = {"generation": 0, "digest": "", "loaded_at": None, "hooks": [], "diagnostics": []}


def _generation(generation: Generation) -> dict[str, Any]:
    of_files: dict[str, list[Diagnostic]] = defaultdict(list)
    for found in generation.diagnostics:
        of_files[found.file].append(found)
    return {
        "generation": generation.number,
        "digest": generation.digest,
        "loaded_at": generation.loaded_at.isoformat(timespec="milliseconds"),
        "hooks": [_hook(hook, of_files.get(hook.file, [])) for hook in generation.hooks],
        "diagnostics": [describe_diagnostic(found) for found in generation.diagnostics],
    }


def describe_workers(board: Board) -> list[dict[str, Any]]:
    """Which generation each worker serves; 0 while it serves none."""
    return [
        {"process": one.process, "generation": one.generation, "problem": one.problem}
        for one in board.workers
    ]


def _hook(hook: Served, of_file: list[Diagnostic]) -> dict[str, Any]:
    """A hook, with what was found in its file about it or about no hook alone."""
    return {
        "name": hook.name,
        "path": hook.route,
        "methods": list(hook.methods),
        "file": hook.file,
        "state": hook.state,
        "problems": hook.problems,
        "diagnostics": [
            describe_diagnostic(found) for found in of_file if found.hook in ("", hook.name)
        ],
    }


def describe_diagnostic(found: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON values; its place as file:line:column."""
    return {
        "place": f"{found.file}:{found.place.line}:{found.place.column}",
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "hint": found.hint,
        "hook": found.hook,
    }

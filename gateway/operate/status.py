"""What the gateway serves, hook by hook: the answer to "why did it not fire?"."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from gateway import __version__
from gateway.language.diagnostic import Diagnostic
from gateway.operate.view import GenerationView, HookView, View
from gateway.reload.messages import Board

NOTHING = {"generation": 0, "digest": "", "loaded_at": None, "hooks": [], "diagnostics": []}


def describe(view: View) -> dict[str, Any]:
    """What serves as JSON values, number 0 before there is anything; places as file:line:column."""
    generation, board = view.generation, view.board
    return {
        "version": __version__,
        "process": os.getpid(),
        **(NOTHING if generation is None else _generation(generation)),
        "workers": describe_workers(board),
        "problems": list(board.problems),
    }


def _generation(generation: GenerationView) -> dict[str, Any]:
    of_files: dict[str, list[Diagnostic]] = defaultdict(list)
    for found in generation.diagnostics:
        of_files[found.file].append(found)
    loaded_at = datetime.fromtimestamp(generation.loaded_at, UTC)
    return {
        "generation": generation.number,
        "digest": generation.digest,
        "loaded_at": loaded_at.isoformat(timespec="milliseconds"),
        "hooks": [_hook(hook, of_files.get(hook.file, [])) for hook in generation.hooks],
        "diagnostics": [describe_diagnostic(found) for found in generation.diagnostics],
    }


def describe_workers(board: Board) -> list[dict[str, Any]]:
    """Which generation each worker serves; 0 while it serves none."""
    return [
        {"process": one.process, "generation": one.generation, "problem": one.problem}
        for one in board.workers
    ]


def _hook(hook: HookView, of_file: list[Diagnostic]) -> dict[str, Any]:
    """A hook, with what was found in its file about it or about no hook alone."""
    return {
        "name": hook.name,
        "path": hook.path,
        "methods": list(hook.methods),
        "file": hook.file,
        "state": hook.state,
        "problems": list(hook.problems),
        "diagnostics": [
            describe_diagnostic(found) for found in of_file if found.hook in ("", hook.name)
        ],
    }


def describe_diagnostic(found: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON values; its place as file:line:column."""
    return {
        "place": found.where,
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "hint": found.hint,
        "hook": found.hook,
    }

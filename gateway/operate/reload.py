"""`POST /-/reload`: look again now, and tell what came of it."""

from __future__ import annotations

from typing import Any

from gateway.errors import Unavailable
from gateway.operate.status import describe_diagnostic, describe_workers
from gateway.operate.view import GenerationView, View
from gateway.reload.messages import Report

PATIENCE = 30.0
"""Seconds that a caller waits for all workers."""
LATER = ((b"retry-after", b"5"),)


async def reload(view: View) -> tuple[int, dict[str, Any]]:
    """Look again; the status of the answer and its JSON values.

    200: what is in the directory serves on all workers, though files with errors may be stale or
    out of service. 409: nothing of the directory can be used. 500: a worker could not take it
    over. Raises Unavailable where it takes longer.
    """
    try:
        report = await view.reload(PATIENCE)
    except TimeoutError:
        raise Unavailable(
            f"The reload did not finish within {PATIENCE:.0f} s; see /-/status.", LATER
        ) from None
    return _status(report), _describe(report, view.generation)


def _status(report: Report) -> int:
    if report.refused:
        return 409
    board = report.board
    return 500 if board.rejecting or any(worker.problem for worker in board.workers) else 200


def _describe(report: Report, generation: GenerationView | None) -> dict[str, Any]:
    found = generation.diagnostics if generation else ()
    return {
        "changed": report.changed,
        "generation": report.board.generation,
        "workers": describe_workers(report.board),
        "problems": list(report.board.problems),
        "diagnostics": [describe_diagnostic(one) for one in found],
    }

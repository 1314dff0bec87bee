"""`POST /-/reload`: look again now, and tell what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange
from gateway.errors import Unavailable
from gateway.operate.endpoints import Endpoint, answer_json
from gateway.operate.status import describe_diagnostic, describe_workers
from gateway.reload.messages import Report
from gateway.serve.generation import Generation

PATIENCE = 30.0
"""Seconds that a caller waits for all workers."""
LATER = ((b"retry-after", b"5"),)


def reload(
    current: Callable[[], Generation | None], look: Callable[[float], Awaitable[Report]]
) -> dict[tuple[str, str], Endpoint]:
    """The endpoint; `look` asks the leader and waits at most so many seconds.

    200: what is in the directory serves on all workers, though files with errors may be stale or
    out of service. 409: nothing of the directory can be used. 500: a worker could not take it
    over. 503: it takes longer.
    """

    async def answer(_exchange: Exchange) -> Answer:
        try:
            report = await look(PATIENCE)
        except TimeoutError:
            raise Unavailable(
                f"The hooks are not reloaded after {PATIENCE:.0f} s; /-/status has more.", LATER
            ) from None
        return answer_json(_status(report), _describe(report, current()))

    return {("POST", "/-/reload"): answer}


def _status(report: Report) -> int:
    if report.refused:
        return 409
    board = report.board
    return 500 if board.rejecting or any(worker.problem for worker in board.workers) else 200


def _describe(report: Report, generation: Generation | None) -> dict[str, Any]:
    found = generation.diagnostics if generation else ()
    return {
        "changed": report.changed,
        "generation": report.board.generation,
        "workers": describe_workers(report.board),
        "problems": list(report.board.problems),
        "diagnostics": [describe_diagnostic(one) for one in found],
    }

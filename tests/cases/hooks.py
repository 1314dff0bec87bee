"""Every hook file of the repository that is without a mistake."""

from __future__ import annotations

from pathlib import Path

from gateway.language.source import Source
from tests.cases.requests import hooks, request_cases

CASES = Path(__file__).parent
TOP = CASES.parent.parent


def hook_files() -> list[Source]:
    """The examples, the files of `cases/hooks`, and the hooks of `cases/requests`."""
    paths = [*sorted((TOP / "hooks.d").glob("*.yaml")), *sorted((CASES / "hooks").glob("*.yaml"))]
    files = [Source(str(path.relative_to(TOP)), path.read_bytes()) for path in paths]
    requests = [
        Source(f"tests/cases/requests/{name}", text.encode())
        for case in request_cases()
        for name, text in hooks(case, "http://workflows.internal").items()
    ]
    return [*files, *requests]

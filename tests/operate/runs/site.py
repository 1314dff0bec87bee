"""A gateway with durable hooks of which some fail, and runs in every state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.delivery.site import LATE, delivering, hook
from tests.delivery.site import accepted as stored
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow


def hooks(url: str, key: str = "one") -> str:
    """`key` is the secret that opens the hook `keyed`."""
    keyed = hook("keyed", f"{url}/status/422").replace(
        "authentication: none", f"authentication: {{type: bearer, tokens: [{{secret: {key}}}]}}"
    )
    return "---\n".join(
        (
            hook("dead", f"{url}/status/422"),
            hook("late", f"{url}/status/503", delivery=LATE),
            hook("good", f"{url}/run/good"),
            hook("gate", f"{url}/gate"),
            keyed,
        )
    )


@contextmanager
def operated(
    directory: Path, workflow: Workflow, *arguments: str, apart: bool = True
) -> Iterator[Gateway]:
    """A gateway with these hooks; `apart`: operators have a listener of their own."""
    with delivering(
        directory,
        workflow,
        *arguments,
        text=hooks(workflow.url),
        operators=free_port() if apart else None,
        secrets={"one": "the-first-token", "two": "the-second-token"},
    ) as running:
        until(lambda: all(one["generation"] for one in _workers(running)))
        yield running


def _workers(running: Gateway) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = running.operate("GET", "/-/status", headers=ADMIN).json()[
        "workers"
    ]
    return found


def ask(running: Gateway, method: str, path: str, **arguments: Any) -> httpx.Response:
    """A request of an operator who has the token."""
    return running.operate(method, f"/-/runs{path}", headers=ADMIN, **arguments)


def accepted(running: Gateway, name: str, state: str, token: str = "the-first-token") -> str:
    """The id of a run that has come to a state."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = stored(running, name, json={"name": name}, headers=headers)
    run: str = answer.json()["run"]
    until(lambda: shown(running, run)["state"] == state)
    return run


def shown(running: Gateway, run: str) -> dict[str, Any]:
    """Everything about a run."""
    answer = ask(running, "GET", f"/{run}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found

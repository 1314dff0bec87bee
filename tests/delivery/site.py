"""Durable hooks, one of each kind, and a gateway that serves them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.runs.postgres.databases import fresh
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.polling import until
from tests.support.postgres import PASSWORD, server
from tests.support.workflow import Workflow

PATIENCE = 30


def hook(name: str, workflow: str, *more: str, delivery: str = "", response: str = "") -> str:
    """One durable hook; `delivery` are further keys of it, in flow style."""
    lines = [
        f"name: {name}",
        "method: POST",
        "authentication: none",
        f"workflow: {workflow}",
        f"delivery: {{type: durable{', ' if delivery else ''}{delivery}}}",
        *([f"response: {response}"] if response else []),
        *more,
    ]
    return "\n".join(lines) + "\n"


SOON = "retry: {after: [1s, 1s]}"
LATE = "retry: {after: [1h]}"
NEVER = "retry: {after: []}"


def hooks(url: str) -> str:
    """The text of the hook file; `url` is the base of the workflows' URLs."""
    by_id = 'deduplicate: {by: "${headers.X-Id}"}'
    select = "{select: [received.order.id]}"
    return "---\n".join(
        (
            hook("plain", f"{url}/run/plain"),
            hook("waiting", f"{url}/run/waiting", delivery="wait: 20s"),
            hook("report", f"{url}/run/report", delivery="wait: 20s", response="status"),
            hook("late", f"{url}/status/503", delivery=f"wait: 20s, {LATE}"),
            hook("soon", f"{url}/flaky/3", delivery=f"wait: 20s, {SOON}"),
            hook("dead", f"{url}/status/422", delivery="wait: 20s"),
            hook("timeout", f"{{url: {url}/hang, timeout: 100ms}}", delivery=f"wait: 20s, {NEVER}"),
            hook("gate", f"{url}/gate", delivery="wait: 100ms"),
            hook("deaf", f"{url}/run/deaf", delivery="prefer: false"),
            hook("once", f"{url}/run/once", by_id),
            hook("once-gate", f"{url}/gate", by_id, delivery="wait: 100ms"),
            hook("small", f"{url}/gate", delivery="limit: 1"),
            hook("headers", f"{url}/run/headers", response="{headers: {X-Handled-By: gateway}}"),
            hook("selected", f"{url}/run/selected", response=select),
            hook("unselectable", f"{url}/raw/text", response=select),
            *(hook(name, f"{url}/raw/{name}") for name in ("large", "text", "deep", "binary")),
            f"name: direct\nmethod: POST\nauthentication: none\nworkflow: {url}/run/direct\n",
        )
    )


@contextmanager
def delivering(
    directory: Path, workflow: Workflow, *arguments: str, text: str = "", **more: Any
) -> Iterator[Gateway]:
    """A gateway with a state directory and the hooks above, or those of a text."""
    files = {"hooks.yaml": text or hooks(workflow.url)}
    state = ("--state", str(directory / "state"))
    with gateway(directory, files, *state, *arguments, **more) as running:
        if "--workers" in arguments:
            until(lambda: all_serve(running))
        yield running


def all_serve(running: Gateway) -> bool:
    """Whether each worker has hooks: the gateway is ready when one of them has."""
    workers = running.operate("GET", "/-/status", headers=ADMIN).json()["workers"]
    return all(one["generation"] for one in workers)


@contextmanager
def sharing(
    directory: Path, workflow: Workflow, *arguments: str, text: str = "", url: str = "", **more: Any
) -> Iterator[Gateway]:
    """The same with runs in a database, a new one or that of `url`."""
    files = {"hooks.yaml": text or hooks(workflow.url)}
    given = {"secrets": {"database": PASSWORD}, **more}
    store = ("--store", url or server().url(asyncio.run(fresh())), "--store-password", "database")
    with gateway(directory, files, *store, *arguments, **given) as running:
        yield running


def accepted(running: Gateway, name: str, **more: Any) -> httpx.Response:
    """The answer of a hook once it has stored a run: nothing is promised while the machine is too
    busy to commit in time.
    """
    answers: list[httpx.Response] = []

    def is_stored() -> bool:
        answers.append(running.request("POST", f"/hooks/{name}", **more))
        return answers[-1].status_code == 202

    until(is_stored, PATIENCE)
    return answers[-1]


def outcome(running: Gateway, path: str, wait: int = PATIENCE) -> dict[str, Any]:
    """What became of a run, once it is final."""
    answer = running.request("GET", path, headers={"Prefer": f"wait={wait}"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told

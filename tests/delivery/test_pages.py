"""Pages of other origins ask for outcomes where the hook's `cors` lets them call it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery.site import delivering, hook
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow

SHOP, OTHER = "https://shop.example", "https://other.example"
ASKING = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "prefer"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    url, cors = workflow.url, f"cors: {{origins: [{SHOP}]}}"
    text = "---\n".join(
        (hook("shop", f"{url}/run/shop", cors), hook("closed", f"{url}/run/closed"))
    )
    with delivering(tmp_path_factory.mktemp("pages"), workflow, text=text) as found:
        yield found


def place(running: Gateway, name: str) -> str:
    """Where the outcome of a run is asked for."""
    found: str = running.request("POST", f"/hooks/{name}", json={}).headers["location"]
    return found


def test_a_page_reads_where_the_outcome_is_and_the_outcome(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/shop", json={}, headers={"Origin": SHOP})
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "location" in answer.headers["access-control-expose-headers"].lower()
    found = running.request("GET", answer.headers["location"], headers={"Origin": SHOP})
    assert (found.status_code, found.headers["access-control-allow-origin"]) == (200, SHOP)
    assert "origin" in found.headers["vary"].lower()


def test_no_other_page_reads_it(running: Gateway) -> None:
    found = running.request("GET", place(running, "shop"), headers={"Origin": OTHER})
    assert "access-control-allow-origin" not in found.headers
    closed = running.request("GET", place(running, "closed"), headers={"Origin": SHOP})
    assert "access-control-allow-origin" not in closed.headers


def test_a_page_may_say_how_long_it_waits(running: Gateway) -> None:
    headers = {"Origin": SHOP, **ASKING}
    asked = running.request("OPTIONS", place(running, "shop"), headers=headers)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, SHOP)
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD"
    assert asked.headers["access-control-allow-headers"] == "Prefer"
    ahead = running.request("OPTIONS", "/hooks/shop", headers=headers | {
        "Access-Control-Request-Method": "POST"})  # fmt: skip
    assert "prefer" in ahead.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize(("name", "origin"), [("shop", OTHER), ("closed", SHOP)])
def test_a_preflight_of_another_page_is_refused(running: Gateway, name: str, origin: str) -> None:
    asked = running.request("OPTIONS", place(running, name), headers={"Origin": origin, **ASKING})
    assert asked.status_code == 403


def test_a_preflight_learns_nothing_of_tickets_that_open_nothing(running: Gateway) -> None:
    headers = {"Origin": SHOP, **ASKING}
    asked = running.request("OPTIONS", f"/-/outcome/{'A' * 43}", headers=headers)
    assert asked.status_code == 404
    assert "access-control-allow-origin" not in asked.headers

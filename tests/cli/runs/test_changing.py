"""Many runs are changed part by part, each request going on where the one before ended."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.cli.runs.changing import change_many

PARTS = {"": "5-9", "5-9": "7-9", "7-9": ""}


class Parts:
    """A gateway that changes ten runs at a time, of which one is left out."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def ask(self, _method: str, _path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        assert body is not None
        self.asked.append(body)
        changed = 0 if body["dry_run"] else 9
        return {
            "matched": 10, "changed": changed, "gate_differs": 1, "next": PARTS[body["after"]],
        }  # fmt: skip

    def hooks(self) -> list[str]:
        return []


def test_a_change_goes_on_until_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    gateway = Parts()
    body = {"anew": False, "anyway": False, "dry_run": False}
    assert change_many(gateway, "replay", {"hook": "orders"}, body, yes=True) == 0
    said = capsys.readouterr()
    assert said.out == "27 runs replayed\n"
    assert "3 runs left out" in said.err
    assert [one["after"] for one in gateway.asked if not one["dry_run"]] == list(PARTS)
    assert all(one["hook"] == "orders" for one in gateway.asked)

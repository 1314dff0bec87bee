"""Hooks as text, for tests."""

from __future__ import annotations


def hook(name: str, workflow: str = "http://127.0.0.1:9/run/x", more: str = "") -> str:
    """A hook that anyone may call with GET."""
    return f"name: {name}\nauthentication: none\nworkflow: {workflow}\n{more}"

"""What a secret must be to open the operators' endpoints."""

from __future__ import annotations

from gateway.runtime.secret import Cell

SHORTEST = 32
"""Bytes of an admin token: one of this length cannot be found by trying."""


def unfit(cell: Cell) -> str:
    """Why a secret cannot be the admin token, in words; empty where it can."""
    if cell.secret is None:
        return cell.problem
    length = len(cell.secret.reveal())
    if length < SHORTEST:
        return f"{cell.label} has {length} bytes, but an admin token needs at least {SHORTEST}"
    return ""

"""What a database says is told with the flag to change."""

from __future__ import annotations

import asyncpg

from gateway.runs.postgres.address import parse
from gateway.runs.postgres.refusals import refused


def test_a_password_that_is_wrong_or_missing_is_told_with_its_flag() -> None:
    address = parse("postgres://gateway@db.internal/webhooks", flags="--to")
    assert refused(asyncpg.InvalidPasswordError("no"), address) == (
        "postgres://db.internal:5432/webhooks does not accept the password of gateway, or got none"
        ": let --to-password name a secret with the right one"
    )

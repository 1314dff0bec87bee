"""A secret that is probably wrong is told once for all workers, and never shown."""

from __future__ import annotations

import pytest
import structlog

from gateway.reload.messages import OddSecret, OddSecrets, SecretsChanged
from gateway.reload.secret_log import SecretLog
from gateway.reload.service import MOST


def _told(log: SecretLog, *odd: OddSecret) -> list[str]:
    with structlog.testing.capture_logs() as lines:
        log.tell(OddSecrets(odd))
    return [str(line.get("secret", line.get("count"))) for line in lines]


def _odd(name: str, reason: str = "is in quotes") -> OddSecret:
    return OddSecret(name, reason, "correct it")


def test_each_secret_is_told_once_until_it_changes() -> None:
    log = SecretLog()
    assert _told(log, _odd("a"), _odd("b")) == ["a", "b"]
    assert _told(log, _odd("a"), _odd("b")) == []
    assert _told(log, _odd("a", "ends with a space"), _odd("b")) == ["a"]
    log.changed(SecretsChanged(("b",)))
    assert _told(log, _odd("a", "ends with a space"), _odd("b")) == ["b"]
    assert _told(log) == []
    assert _told(log, _odd("a")) == ["a"]


@pytest.mark.parametrize("more", [0, 3])
def test_of_many_secrets_the_others_are_counted(more: int) -> None:
    told = _told(SecretLog(), *(_odd(f"s{number}") for number in range(MOST + more)))
    assert len(told) == MOST + bool(more)
    assert told[MOST:] == ([str(more)] if more else [])

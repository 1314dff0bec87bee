from __future__ import annotations

from pathlib import Path

from tests.faults.powercuts import cut, recorded


def test_what_was_acknowledged_is_there_whenever_the_power_fails(tmp_path: Path) -> None:
    state, log = recorded(tmp_path, groups=8, together=8, size=70_000)
    cuts = cut(state, log, chances=1)
    assert cuts.accepted == 64
    assert cuts.ended == 32

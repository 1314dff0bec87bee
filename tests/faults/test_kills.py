from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kills import VICTIMS, report, run


@pytest.mark.timeout(180)
def test_nothing_is_lost_or_done_twice_without_a_reason_whoever_is_killed(tmp_path: Path) -> None:
    told = run(tmp_path, VICTIMS, rate=200, pause=(0.2, 0.4))
    ledger, rounds, _ = told
    assert ledger.holds, report(*told)
    assert [kill.victim for kill in rounds.kills] == list(VICTIMS)
    assert ledger.accepted
    assert ledger.states["succeeded"] + ledger.states["dead"] == ledger.accepted

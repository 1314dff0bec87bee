"""Everything that can go wrong at once, for a few seconds: no request is lost or run twice."""

from __future__ import annotations

from pathlib import Path

from benchmarks.soaking.rows import rows
from benchmarks.soaking.run import Plan, soak

SHORT = Plan(seconds=5, reload_every=1, kill_every=2, callers=4, slow=10)


def test_only_what_a_killed_worker_had_is_lost_and_metrics_agree_with_callers(
    tmp_path: Path,
) -> None:
    found = soak(tmp_path, SHORT)
    assert found.trouble.kills
    assert found.account.answered["steady", 200]
    assert [row for row in rows(found) if row.met is False] == []

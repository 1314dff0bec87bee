"""From looks to decisions: what changed is decided once, and a mistake of ours is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.reload.loading import Loader
from gateway.reload.resolve import Resolution
from gateway.reload.snapshot import Snapshot
from gateway.settings import Settings
from tests.reload.hooks import hook
from tests.support.gateway import write_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_files(tmp_path / "hooks.d", {"a.yaml": hook("a"), "b.yaml": hook("b")})


def loader(root: Path) -> Loader:
    return Loader(Settings(hooks=root))


def numbers(found: Loader) -> tuple[int, tuple[int, ...]]:
    """Of the generation, and of its hooks."""
    assert found.current is not None
    return found.current.resolved.number, found.current.resolved.hooks


def test_a_look_that_finds_nothing_new_decides_nothing(root: Path) -> None:
    found = loader(root)
    assert found.load()
    assert not found.load()
    assert not found.load(fresh=True)
    assert numbers(found) == (1, (1, 2))


def test_a_hook_keeps_its_number_until_it_changes(root: Path) -> None:
    found = loader(root)
    found.load()
    (root / "a.yaml").write_text("# a comment\n" + hook("a"))
    (root / "b.yaml").write_text(hook("b", more="description: changed\n"))
    assert found.load()
    assert numbers(found) == (2, (1, 3))


@pytest.mark.parametrize(
    ("before", "after"), [("1", "true"), ("1.1", "1.10"), ("1e3", "1000"), ("True", "true")]
)
def test_a_rule_is_another_when_it_is_spelled_otherwise(
    root: Path, before: str, after: str
) -> None:
    (root / "b.yaml").write_text(hook("b", more=f"match: {{query: {{v: {before}}}}}\n"))
    found = loader(root)
    found.load()
    (root / "b.yaml").write_text(hook("b", more=f"match: {{query: {{v: {after}}}}}\n"))
    assert found.load()
    assert numbers(found) == (2, (1, 3))


def test_a_mistake_of_ours_is_told_and_the_next_change_is_taken_over(root: Path) -> None:
    class Mistaken(Loader):
        wrong = False

        def _resolve(self, snapshot: Snapshot) -> Resolution:
            if self.wrong:
                raise RuntimeError("a mistake")
            return super()._resolve(snapshot)

    found = Mistaken(Settings(hooks=root))
    found.load()
    (root / "a.yaml").write_text(hook("a", more="description: changed\n"))
    found.wrong = True
    with pytest.raises(RuntimeError):
        found.load()
    assert "cannot be loaded: RuntimeError('a mistake')" in found.problem
    assert not found.load()
    assert numbers(found) == (1, (1, 2))
    found.wrong = False
    (root / "a.yaml").write_text(hook("a", more="description: changed again\n"))
    assert found.load()
    assert found.problem == ""

"""Any directory: sound hooks beside strays, as the leader and a worker take it over.

`python -m tests.reload.directories NUMBER` tries that many.
"""

from __future__ import annotations

import logging
import random
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from gateway.reload.building import Builder
from gateway.reload.loading import Loader
from gateway.reload.turns import Turns
from gateway.runtime.runtime import Runtime
from gateway.serve.generation import Generation
from gateway.settings import Settings
from tests.reload.strays import put, strays
from tests.support.exchanges import an_exchange

ACCESS = (
    "authentication: none",
    "authentication: {type: bearer, tokens: [{sha256: %s}]}" % ("0" * 64),
)
RULES = ("", "match: {query: {a: {in: [b, c]}}}\n", "description: a\n", "limits: {rate: 5/1m}\n")


class Hooks:
    """Sound hooks by name: the path that each owns, and its version as text."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.paths: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        for number in range(chance.randint(1, 4)):
            name = f"kept-{number}"
            self.paths[name] = chance.choice((f"/hooks/{name}", f"/kept/{number}/" + "{id}"))
            self.versions[name] = 1

    def write(self, root: Path) -> None:
        """Write each into a file of its own."""
        for name, path in self.paths.items():
            text = (
                f"name: {name}\npath: {path}\nworkflow: http://127.0.0.1:9/{self.versions[name]}\n"
            )
            text += self._chance.choice(ACCESS) + "\n" + self._chance.choice(RULES)
            (root / f"{name}.yaml").write_text(text)

    def change(self, root: Path) -> str:
        """Change one hook and take another away where there are two; the name of that one."""
        changed, *others = self._chance.sample(sorted(self.paths), len(self.paths))
        self.versions[changed] += 1
        gone = others[0] if others else ""
        if gone:
            del self.paths[gone]
            (root / f"{gone}.yaml").unlink()
        self.write(root)
        return gone


class Taker:
    """A leader and a worker without the processes around them."""

    def __init__(self, runtime: Runtime, root: Path, state: Path | None = None) -> None:
        self._loader = Loader(Settings(hooks=root, state=state), quiet=0.0)
        self._builder = Builder(runtime, Turns(lambda: False))

    def take(self) -> Generation:
        """What serves after a look."""
        self._loader.load(fresh=True)
        self._loader.keep()
        current = self._loader.current
        assert current is not None
        self._builder.learn(tuple(current.loaded.values()))
        self._builder.forget_all_but(current.resolved.hooks)
        return self._builder.build(current.resolved)


def check(generation: Generation, hooks: Hooks) -> None:
    """Every sound hook serves as it is written, on its path; no mistake of ours is told."""
    served = {one.name: one for one in generation.hooks if one.name in hooks.paths}
    assert served.keys() == hooks.paths.keys()
    for name, path in hooks.paths.items():
        assert served[name].state == "serving", served[name].problems
        asked = an_exchange()
        asked.method, asked.path = "GET", path.replace("{id}", "1")
        generation.route(asked)
        assert asked.hook == name
    assert [one for one in generation.diagnostics if one.code == "internal"] == []


def try_directory(seed: int, top: Path, runtime: Runtime) -> None:
    """One directory at a cold start, after a restart, and in reloads."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    root, state = top / "hooks.d", top / "state"
    root.mkdir()
    hooks = Hooks(chance)
    hooks.write(root)
    running = Taker(runtime, root)
    check(running.take(), hooks)
    put_strays = "\n".join(put(root, strays(chance)))
    try:
        check(running.take(), hooks)
        check(Taker(runtime, root, state).take(), hooks)
        gone = hooks.change(root)
        for taker in (running, Taker(runtime, root, state), Taker(runtime, root)):
            generation = taker.take()
            check(generation, hooks)
            assert gone not in {one.name for one in generation.hooks} - {""}
    except Exception as error:
        raise AssertionError(f"seed {seed}:\n{put_strays}") from error


def try_directories(first: int, count: int) -> None:
    """`count` directories, the same ones for the same `first`."""
    with TemporaryDirectory() as directory:
        runtime = Runtime(Settings(hooks=Path(directory)))
        for seed in range(first, first + count):
            top = Path(directory) / "one"
            top.mkdir()
            try_directory(seed, top, runtime)
            shutil.rmtree(top)


def main() -> None:
    """Try as many as the command line says, and say how long that took."""
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    count, started = int(sys.argv[1]), time.monotonic()
    try_directories(0, count)
    print(f"{count} directories in {time.monotonic() - started:.0f} s")  # noqa: T201 - a command


if __name__ == "__main__":
    main()

"""What the supervisor and the store tell each other."""

from __future__ import annotations

import msgspec

from gateway.runs.run import Policies

MIB = 1024 * 1024


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Supervisor to store, first of all. Sizes are bytes.

    `state` is the directory, `socket` the path that workers connect to. `size` is how large the
    file may become, `runs` how many runs may be unfinished, `workers` how many processes may hold
    runs of a store that ended before this one. `checks_keys`: what is stored has to be sealed with
    one of the keys that are `known`, see `sealed.foreign`.
    """

    state: str
    socket: str
    size: int = 4096 * MIB
    runs: int = 1_000_000
    target_concurrency: int = 64
    workers: int = 0
    reserve: int = 32 * MIB
    checks_keys: bool = False
    known: frozenset[bytes] | None = None


class Serve(msgspec.Struct, frozen=True, tag=True):
    """Supervisor to store: the hooks of a generation. The store listens after the first one."""

    policies: Policies


class Stop(msgspec.Struct, frozen=True, tag=True):
    """Supervisor to store: the workers have ended. The end of the pipe means the same once the
    last worker is gone.
    """


class Ask(msgspec.Struct, frozen=True, tag=True):
    """Supervisor to store: answered with Alive."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """Store to supervisor: workers may connect; so many runs are unfinished."""

    unfinished: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Store to supervisor: why it ends, in words."""

    sentence: str


class Alive(msgspec.Struct, frozen=True, tag=True):
    """Store to supervisor: it goes on."""


ToStore = StoreSettings | Serve | Stop | Ask
FromStore = Ready | Failed | Alive

"""A hook as one generation serves it."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.compile.hook import Hook
from gateway.language.diagnostic import Diagnostic

State = Literal["serving", "stale", "out of service", "disabled"]


class Served(msgspec.Struct, frozen=True):
    """A hook of a generation, as status shows it. `running` is None while nothing can run.

    `methods` is empty for a hook without a path of its own. `fault` is a mistake of the gateway's
    own with this hook.
    """

    name: str
    route: str
    methods: tuple[str, ...]
    file: str
    running: Hook | None
    stale: bool = False
    enabled: bool = True
    fault: Diagnostic | None = None

    @property
    def routed(self) -> bool:
        """Whether the hook answers on a path, be it that it is out of service."""
        return bool(self.enabled and self.route and self.methods)

    @property
    def problems(self) -> list[str]:
        """Why nothing runs, in words, as far as it is not a diagnostic."""
        return self.running.problems() if self.running else []

    @property
    def remedies(self) -> list[str]:
        """What to do about the problems, as far as they do not say it."""
        return self.running.remedies() if self.running else []

    @property
    def state(self) -> State:
        """The state now: a secret that goes missing takes the hook out of service at once."""
        if not self.enabled:
            return "disabled"
        if self.running is None or self.problems:
            return "out of service"
        return "stale" if self.stale else "serving"

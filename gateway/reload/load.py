"""Sources to a generation: everything that can fail happens here, before anything is visible."""

from __future__ import annotations

from gateway.language.read import read
from gateway.reload.snapshot import Snapshot
from gateway.runtime import Runtime
from gateway.serve.generation import Generation, out_of_service, sound


def build(number: int, snapshot: Snapshot, runtime: Runtime) -> Generation:
    """Read, check and compile every source of a snapshot."""
    reading = read(snapshot.sources)
    hooks = [*sound(reading.hooks, runtime), *out_of_service(reading.broken)]
    return Generation(number, snapshot.digest, hooks, reading.diagnostics)

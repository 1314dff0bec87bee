"""Whether a run may be replayed: what let it in must still be what the hook asks for."""

from __future__ import annotations

from gateway.compile.delivery import differing
from gateway.errors import Conflict
from gateway.operate.view import HooksView

_AND = " and "


def gate_for_replay(view: HooksView, hook: str) -> bytes:
    """What the hook lets requests in by now. Raises Conflict where its runs cannot be replayed."""
    state = _state(view, hook)
    if state is None:
        raise Conflict(f"No hook is named '{hook}' now, so its runs cannot be replayed.")
    if state == "disabled":
        raise Conflict(f"The hook '{hook}' is disabled, so its runs cannot be replayed.")
    gate = view.gate(hook)
    if gate is None:
        why = "out of service" if state == "out of service" else "not durable"
        raise Conflict(f"The hook '{hook}' is {why}, so its runs cannot be replayed.")
    return gate


def changed_since(view: HooksView, hook: str, gate: bytes) -> tuple[str, ...]:
    """The keys of the hook that are not what they were for a run that this gate let in."""
    now = view.gate(hook)
    return () if now is None else differing(gate, now)


def refuse_changed(hook: str, keys: tuple[str, ...]) -> None:
    """Raises Conflict where some keys have changed."""
    if keys:
        named = ", ".join(keys[:-1]) + (_AND if keys[:-1] else "") + keys[-1]
        raise Conflict(
            f"'{hook}' had a different {named} when the run was accepted, so the request might be "
            'refused now. Look at the run, then replay it with "anyway" (--anyway).'
        )


def _state(view: HooksView, hook: str) -> str | None:
    generation = view.generation
    hooks = () if generation is None else generation.hooks
    return next((one.state for one in hooks if one.name == hook), None)

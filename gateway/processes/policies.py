"""What a generation says of stored runs, as stores are told it."""

from __future__ import annotations

import msgspec

from gateway.language.durable import durable_of
from gateway.reload.numbering import Current
from gateway.runs.run import Policies


def policies_of(current: Current, base: str) -> Policies:
    """The durable hooks of a generation. `base` is `Settings.workflow_base`."""
    specs = [current.loaded[number].spec for number in current.resolved.hooks]
    durable = [spec for spec in specs if durable_of(spec) is not None]
    if not durable:
        return Policies(current.resolved.number, {})
    # Imported for the first of them: a megabyte that most supervisors do without.
    from gateway.compile.delivery import policy_of

    found = {spec.name: policy_of(spec, base) for spec in durable}
    policies = {name: policy for name, policy in found.items() if policy is not None}
    return Policies(current.resolved.number, policies)


def dated(policies: Policies, before: Policies | None) -> Policies:
    """The same, with the generations from which on the hooks have been able to run."""
    known = before.hooks if before is not None else {}

    def since(name: str) -> int:
        old = known.get(name)
        return policies.generation if old is None or old.held else old.since

    hooks = {
        name: msgspec.structs.replace(policy, since=since(name))
        for name, policy in policies.hooks.items()
    }
    return Policies(policies.generation, hooks)

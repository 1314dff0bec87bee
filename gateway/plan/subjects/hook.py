"""The hook as a whole: its name, its description, whether it is on."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from gateway.language.lint.parts import workflow_of
from gateway.language.spec import Hook
from gateway.plan.change import Change
from gateway.plan.subjects import authentication
from gateway.plan.subjects.delivery import pending


def name(hook: Hook) -> Hashable:
    """The name."""
    return hook.name


def description(hook: Hook) -> Hashable:
    """The description."""
    return hook.description


def enabled(hook: Hook) -> Hashable:
    """Whether it is on."""
    return hook.enabled


def compare_names(old: Hook, new: Hook) -> Iterator[Change]:
    """The same hook under another name."""
    message = f"the hook '{old.name}' is now named '{new.name}'{pending(old)}"
    yield Change("hook-renamed", ("name",), message, old.name, new.name)


def compare_descriptions(old: Hook, new: Hook) -> Iterator[Change]:
    """Another description."""
    message = "the description is different"
    yield Change("description-changed", ("description",), message, old.description, new.description)


def compare_enabled(_old: Hook, new: Hook) -> Iterator[Change]:
    """Switched on, or off."""
    if not new.enabled:
        message = f"the hook is disabled: {new.route} answers 404{pending(new)}"
        yield Change("hook-disabled", ("enabled",), message, "true", "false")
    elif authentication.is_public(new):
        message = f"the hook is enabled, and anyone may call {summary(new)}"
        yield Change("public-hook-enabled", ("enabled",), message, "false", "true")
    else:
        message = f"the hook is enabled: {summary(new)} requires {authentication.proof(new)}"
        yield Change("hook-enabled", ("enabled",), message, "false", "true")


def added(hook: Hook) -> Change:
    """A hook that was not there."""
    steps = ("name",)
    if not hook.enabled:
        message = f"a new disabled hook: {summary(hook)}"
        return Change("disabled-hook-added", steps, message, now=workflow_of(hook).url)
    if authentication.is_public(hook):
        message = f"a new hook that anyone may call: {summary(hook)}"
        return Change("public-hook-added", steps, message, now=workflow_of(hook).url)
    message = f"a new hook that requires {authentication.proof(hook)}: {summary(hook)}"
    return Change("hook-added", steps, message, now=workflow_of(hook).url)


def removed(hook: Hook) -> Change:
    """A hook that is gone."""
    kind = "hook-removed" if hook.enabled else "disabled-hook-removed"
    message = f"the hook was removed: {summary(hook)}{pending(hook)}"
    return Change(kind, ("name",), message, workflow_of(hook).url)


def summary(hook: Hook) -> str:
    """`POST /hooks/paris`."""
    return f"{' '.join(hook.methods)} {hook.route}"

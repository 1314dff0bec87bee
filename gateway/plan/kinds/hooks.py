"""Hooks as a whole, and the URLs they own."""

from __future__ import annotations

from gateway.plan.kinds.kind import Kind

URLS = (
    Kind(
        "url-taken-over",
        "risk",
        "Requests that one hook answered or refused now go to another hook.",
    ),
    Kind("path-widened", "risk", "A literal segment of the path is now a parameter."),
    Kind("method-added", "risk", "Another method also starts the workflow."),
    Kind("path-changed", "notice", "The hook has another path."),
    Kind("method-removed", "notice", "A method now gets 405."),
)

HOOKS = (
    Kind("public-hook-added", "risk", "A new hook that anyone may call."),
    Kind("public-hook-enabled", "risk", "A disabled hook is now enabled, and anyone may call it."),
    Kind("hook-added", "notice", "A new hook that asks for credentials."),
    Kind("hook-removed", "notice", "A hook was removed; its path answers 404."),
    Kind("hook-enabled", "notice", "A disabled hook is now enabled; it asks for credentials."),
    Kind("hook-disabled", "notice", "A hook is now disabled; its path answers 404."),
    Kind(
        "hook-renamed",
        "notice",
        "A hook has another name in logs, in reports and by default in its path. The plan pairs "
        "hooks by name, then by path and method, then if everything except the name is equal.",
    ),
    Kind("disabled-hook-added", "info", "A new hook that is disabled."),
    Kind("disabled-hook-removed", "info", "A disabled hook was removed."),
    Kind("hook-moved", "info", "The hook is in another file."),
    Kind("description-changed", "info", "The description is different."),
)

OTHER = (
    Kind(
        "unclassified",
        "risk",
        "This version of the gateway cannot classify the difference, so it treats the difference "
        "as a risk.",
    ),
    Kind(
        "internal",
        "risk",
        "The gateway failed on this hook, so the effect of the change is unknown. Standard error "
        "has the traceback; please report it. The exit status is 1 regardless of --fail-on.",
    ),
)

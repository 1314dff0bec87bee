"""Hooks as a whole, and the URLs they own."""

from __future__ import annotations

from gateway.plan.kinds.kind import kinds

URLS = kinds(
    risk={
        "url-taken-over": "Requests that one hook answered or refused now go to another hook.",
        "path-widened": "A literal segment of the path is now a parameter.",
        "method-added": "Another method also starts the workflow.",
    },
    notice={
        "path-changed": "The hook has another path.",
        "method-removed": "A method now gets 405.",
    },
)

HOOKS = kinds(
    risk={
        "public-hook-added": "A new hook that anyone may call.",
        "public-hook-enabled": "A disabled hook is now enabled, and anyone may call it.",
    },
    notice={
        "hook-added": "A new hook that requires credentials.",
        "hook-removed": "A hook was removed; its path answers 404.",
        "hook-enabled": "A disabled hook is now enabled; it requires credentials.",
        "hook-disabled": "A hook is now disabled; its path answers 404.",
        "hook-renamed": (
            "A hook has another name in logs, in reports and by default in its path. The plan "
            "pairs hooks by name, then by path and method, then if everything except the name is "
            "equal."
        ),
    },
    info={
        "disabled-hook-added": "A new hook that is disabled.",
        "disabled-hook-removed": "A disabled hook was removed.",
        "hook-moved": "The hook is in another file.",
        "description-changed": "The description is different.",
    },
)

OTHER = kinds(
    risk={
        "unclassified": (
            "This version of the gateway cannot classify the difference, so it treats the "
            "difference as a risk."
        ),
        "internal": (
            "The gateway failed on this hook, so the effect of the change is unknown. Standard "
            "error has the traceback; please report it. The exit status is 1 regardless of "
            "--fail-on."
        ),
    },
)

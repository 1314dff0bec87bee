"""Hooks as a whole, and the URLs they own."""

from __future__ import annotations

from gateway.plan.kinds.kind import Kind

URLS = (
    Kind(
        "url-taken-over",
        "risk",
        "Requests that one hook has answered, or refused, are another hook's now.",
    ),
    Kind("path-widened", "risk", "A literal segment of the path is a parameter now."),
    Kind("method-added", "risk", "A further method starts the workflow."),
    Kind("path-changed", "notice", "The hook is found under another path."),
    Kind("method-removed", "notice", "A method is answered 405."),
)

HOOKS = (
    Kind("public-hook-added", "risk", "A new hook that anyone may call."),
    Kind("public-hook-enabled", "risk", "A hook that was off is on, and anyone may call it."),
    Kind("hook-added", "notice", "A new hook that asks for credentials."),
    Kind("hook-removed", "notice", "A hook is gone; its path is answered 404."),
    Kind("hook-enabled", "notice", "A hook that was off is on; it asks for credentials."),
    Kind("hook-disabled", "notice", "A hook that was on is off; its path is answered 404."),
    Kind(
        "hook-renamed",
        "notice",
        "The same hook has another name in logs, in reports and by default in its path. Hooks "
        "are the same by name, else when all but the name is equal, else by path and method.",
    ),
    Kind("disabled-hook-added", "info", "A new hook that is not on."),
    Kind("disabled-hook-removed", "info", "A hook is gone that was not on."),
    Kind("hook-moved", "info", "The hook stands in another file."),
    Kind("description-changed", "info", "The description is another one."),
)

OTHER = (
    Kind(
        "unclassified",
        "risk",
        "Something differs that this version of the gateway has no word for. It cannot tell what "
        "that means, so it does not say that it is harmless.",
    ),
    Kind(
        "internal",
        "risk",
        "The gateway failed on this hook in a way that nobody foresaw, so that nothing is known of "
        "the change. The traceback is on the standard error: please report it. The exit status is "
        "1, whatever --fail-on says.",
    ),
)

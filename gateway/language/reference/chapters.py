"""In which order the reference tells of the language: first what every hook needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.language.schema import hook_schema

CHAPTERS = {
    "match": "Which requests start the workflow",
    "receive": "How the body is read",
    "workflow": "The workflow",
    "response": "The answer",
    "delivery": "Delivery",
    "deduplicate": "Repeated requests",
    "authentication": "Who may call",
    "cors": "Pages in browsers",
    "limits": "Limits on callers",
    "handshake": "Handshakes",
}
"""The keys of a hook that have sections of their own, as a newcomer asks for them."""

MORE: dict[str, str] = {
    "ApiKeyAuthentication": "[API keys and signed tokens](tokens.md) shows how.",
    "JwtAuthentication": "[API keys and signed tokens](tokens.md) shows how.",
    "SignatureAuthentication": "[Signed requests](signatures.md) shows each known sender.",
    "Scheme": "[Signed requests](signatures.md#any-other-sender) explains it.",
    "Receive": "[Receiving](receiving.md) shows how to receive what known senders send.",
    "Workflow": "[Templates](templates.md) explains values that are filled in from the request.",
    "HeaderWorkflowAuthentication": "[Credentials for workflows](workflow-credentials.md) shows "
    "how.",
    "SignatureWorkflowAuthentication": "[Credentials for workflows](workflow-credentials.md) says "
    "what is signed.",
    "Cors": "[Answers](answers.md#pages-in-browsers) explains it.",
    "Response": "[Answers](answers.md) explains them.",
    "Failure": "[Answers](answers.md#failures) explains it.",
    "Deduplicate": "[Durable delivery](delivery.md#repeated-requests) has a key for known senders.",
    "DurableDelivery": "[Durable delivery](delivery.md) explains it.",
    "Order": "[Durable delivery](delivery.md#order) explains it.",
    "RetrySchedule": "[Durable delivery](delivery.md#retries) explains it.",
    "Limits": "[Limits](limits.md) explains them.",
}
"""Definition → where there is more to read."""


def chapters() -> dict[str, list[str]]:
    """Title → the definitions below the key of a hook, each in the first chapter that has it."""
    told = {"Hook"}
    found: dict[str, list[str]] = {}
    for key, title in CHAPTERS.items():
        names = dict.fromkeys(_below(hook_schema()["$defs"]["Hook"]["properties"][key]))
        found[title] = [name for name in names if name not in told and not _is_scalar(name)]
        told.update(names)
    return found


def scalars() -> list[dict[str, Any]]:
    """The definitions that are text of a certain form."""
    definitions = hook_schema()["$defs"]
    return [one for name, one in definitions.items() if _is_scalar(name)]


def _is_scalar(name: str) -> bool:
    return bool(hook_schema()["$defs"][name].get("type") == "string")


def _below(schema: Any) -> Iterator[str]:
    """The definitions that a schema refers to, each followed by those inside it."""
    waiting, seen = [schema], set[str]()
    while waiting:
        part = waiting.pop(0)
        name = part["$ref"].rpartition("/")[2] if isinstance(part, dict) and "$ref" in part else ""
        if name and name not in seen:
            seen.add(name)
            yield name
            waiting.insert(0, hook_schema()["$defs"][name])
        elif not name and isinstance(part, (dict, list)):
            waiting[:0] = part.values() if isinstance(part, dict) else part

"""Bodies whose sender means something else than their Content-Type says."""

from __future__ import annotations

from collections.abc import Mapping

JSON_IN_FORM = (
    "The body looks like JSON and was read as a form, as its Content-Type says; "
    "send it with Content-Type: application/json."
)
PAYLOAD_IN_FORM = (
    "The body was read as a form whose only field is 'payload'; choose the content type "
    "application/json at the sender, or write `receive: {field: payload}` in the hook."
)


def misread_form(form: Mapping[str, object]) -> str:
    """What to tell whoever sent such a form, where something is to be told.

    `curl -d` says that whatever it sends is a form, and GitHub puts its JSON into one by default.
    """
    if looks_like_json(next(iter(form), "")):
        return JSON_IN_FORM
    return PAYLOAD_IN_FORM if form.keys() == {"payload"} else ""


def looks_like_json(text: str) -> bool:
    """Whether a text begins as a JSON object or array does."""
    return text.lstrip()[:1] in ("{", "[")

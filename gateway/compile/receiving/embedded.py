"""JSON that stands in the field of a form, or in a text of other JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.compile import json_bounds, strict_json
from gateway.compile.paths import ASTRAY, MISSING, Finder, compile_path
from gateway.errors import Malformed
from gateway.language.values import parse_path


def field_of(form: dict[str, Any], name: str) -> bytes:
    """The text of a form's field in UTF-8. Raises Malformed where there is none, several, or an
    empty one, which would pass for a body that is absent.
    """
    value = form.get(name)
    if isinstance(value, str) and value:
        return value.encode()
    if value is None:
        raise Malformed(f"The form has no field {name!r}.")
    if not value:
        raise Malformed(f"The form's field {name!r} is empty; it must contain JSON.")
    fault = "appears more than once" if isinstance(value, list) else "is a file"
    raise Malformed(f"The form's field {name!r} {fault}; send it once, as text.")


def named(error: Malformed, what: str) -> Malformed:
    """The same refusal of a JSON text, by what the text is called."""
    return type(error)(
        _called(error.detail, what), error.headers, reason=_called(error.reason, what)
    )


def _called(sentence: str, what: str) -> str:
    begins = "The body "
    if sentence.startswith(begins):
        return f"{what} {sentence.removeprefix(begins)}"
    return f"{what}: {sentence}"


class TextPlace:
    """Where JSON is to stand in the place of a text that contains it."""

    __slots__ = ("_container", "_step", "name")

    def __init__(self, path: str) -> None:
        *above, self._step = parse_path(path)
        self._container: Finder = compile_path(tuple(above))
        self.name = path

    def text(self, body: Any) -> str | None:
        """The text that is there; None for nothing and null. Raises Malformed for what is none."""
        value = _inside(self._container(body), self._step)
        if value is None or value is MISSING:
            return None
        if not isinstance(value, str):
            raise Malformed(f"The value at {self.name!r} is not text that contains JSON.")
        return value

    def put(self, body: Any, value: Any) -> None:
        """Replace the text, which `text` has found there."""
        container = self._container(body)
        container[self._step if isinstance(container, list) else str(self._step)] = value


def _inside(container: Any, step: str | int) -> Any:
    if isinstance(container, dict):
        return container.get(str(step), MISSING)
    if isinstance(container, list) and isinstance(step, int):
        return container[step] if step < len(container) else MISSING
    return MISSING if container is None or container is MISSING else ASTRAY


def decode_in_place(body: Any, places: Iterable[TextPlace]) -> Any:
    """The body with JSON in the place of the texts that contain it.

    All texts together are bounded as one. Raises Malformed, with the path of a text that is not
    JSON, and TooManyValues.
    """
    decoded = b""
    for place in places:
        text = place.text(body)
        if text is None:
            continue
        raw = text.encode()
        decoded += b"," + raw
        try:
            json_bounds.check(decoded)
            place.put(body, strict_json.decode(raw))
        except Malformed as error:
            raise named(error, f"The text at {place.name!r}") from None
    return body

"""How keys, values and forms are named to authors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from gateway.language.explain.branches import tags_of
from gateway.language.explain.foreign import meant
from gateway.language.explain.validator import resolved
from gateway.language.literals import text_of
from gateway.language.private import is_private
from gateway.language.yaml12 import Steps
from gateway.language.yaml12.scalars import shortened

_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


def called(steps: Steps) -> str:
    """What a value is called: by its key, or as an entry of a list."""
    if not steps:
        return "a hook"
    if isinstance(steps[-1], str):
        return quoted(steps[-1])
    return f"entry {steps[-1] + 1} of {called(steps[:-1])}"


def quoted(text: object) -> str:
    """In quotes, and not longer than a line can take."""
    return f"'{shortened(str(text))}'"


def shown(value: Any, steps: Steps = ()) -> str:
    """What was written. What may be a secret, as far as `steps` tell, is kept back."""
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    match value:
        case None:
            return "null"
        case bool():
            return json.dumps(value)
        case str() if not value:
            return "an empty text"
        case str():
            return "this text" if is_private(value, key) else quoted(value)
        case dict():
            return "a mapping"
        case list():
            return "a list"
    text = str(text_of(value))
    return "this number" if is_private(text, key) else f"the number {shortened(text)}"


def form(schema: dict[str, Any]) -> str:
    """What may stand where a schema applies, in few words; `details` says more."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return either(_forms(schema["anyOf"]))
    if "const" in schema:
        return quoted(schema["const"])
    if "enum" in schema:
        return one_of(schema["enum"])
    kind = schema.get("type", "object")
    if (kind == "string" and "pattern" in schema) or "format" in schema:
        return _described(schema)[0]
    if kind == "object" and "required" in schema:
        return f"a mapping with {listed(map(quoted, schema['required']), 'and')}"
    return either(_TYPES[one] for one in ([kind] if isinstance(kind, str) else kind))


def details(schema: dict[str, Any]) -> str:
    """What makes a text one of its form, such as the characters of a name; empty for others."""
    return _described(resolved(schema))[1]


def _described(schema: dict[str, Any]) -> tuple[str, str]:
    """The description of a scalar has a noun, and behind a semicolon what makes it one."""
    noun, _, more = inside(schema.get("description", "text of another form")).partition("; ")
    return noun, more


def _forms(branches: list[dict[str, Any]]) -> Iterator[str]:
    name, tags = tags_of(branches)
    tagged = f"a mapping whose {quoted(name)} is {one_of(tags)}"
    for branch in branches:
        yield tagged if tags_of([branch])[1] else form(branch)


def one_of(values: Iterable[Any]) -> str:
    """`'a'`, or `one of a, b, c`."""
    values = list(values)
    return quoted(values[0]) if len(values) == 1 else f"one of {', '.join(map(str, values))}"


def either(forms: Iterable[str]) -> str:
    """`a, b or c`, each once."""
    return listed(dict.fromkeys(forms), "or")


def listed(items: Iterable[str], conjunction: str) -> str:
    """`a, b and c`."""
    *first, last = list(items)
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def inside(sentence: str) -> str:
    """A sentence as a part of another."""
    first = sentence.split("\n")[0].removesuffix(".")
    return first if first[1:2].isupper() else first[:1].lower() + first[1:]


def likely(written: Any, known: Iterable[str]) -> str:
    """The known word for a word from elsewhere, or the closest one, or nothing."""
    known = list(known)
    shape = written if not isinstance(written, str) else _shape(written)
    return meant(shape, known) or closest(written, known)


def did_you_mean(written: Any, known: Iterable[str]) -> str:
    """The hint that names the most similar of the known words, or nothing."""
    found = likely(written, known)
    return f"did you mean '{found}'?" if found else ""


def closest(written: Any, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing: one that it begins, else one like it."""
    if not isinstance(written, str) or len(written) > 64:
        return ""
    by_shape = {_shape(word): word for word in known}
    shape = _shape(written)
    begun = [word for other, word in by_shape.items() if _begins(other, shape)]
    if len(begun) == 1:
        return begun[0]
    found = get_close_matches(shape, by_shape, n=1, cutoff=0.7)
    return by_shape[found[0]] if found else ""


def _begins(word: str, shape: str) -> bool:
    return min(len(word), len(shape)) >= 3 and (word.startswith(shape) or shape.startswith(word))


def _shape(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")

"""What the structs of the language say about themselves, read from their annotations."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, UnsetType

from gateway.language.spec import Condition, Hook, Operators, scalars
from gateway.language.spec.base import Written

_ACRONYMS = {
    "Api": "API", "Env": "Environment", "Http": "HTTP", "Id": "ID", "Jwt": "JWT",
    "Sha256": "SHA-256", "Url": "URL",
}  # fmt: skip
_PROPER_NAMES = {
    "CloudEventsHandshake": "CloudEvents handshake",
    "EventGridHandshake": "Event Grid handshake",
    "MicrosoftGraphHandshake": "Microsoft Graph handshake",
}
_UNIONS = (Union, types.UnionType)


@cache
def hints_of(struct: type[Written]) -> dict[str, Any]:
    """The annotations of a struct's fields, with their Metas."""
    return get_type_hints(struct, include_extras=True)


def structs(root: type[Written] = Hook) -> dict[str, type[Written]]:
    """Every struct that can stand in a hook, by name, each followed by those inside it."""
    found: dict[str, type[Written]] = {}
    waiting = [root]
    while waiting:
        struct = waiting.pop()
        if struct.__name__ not in found:
            found[struct.__name__] = struct
            waiting += reversed([part for part in _parts_of(struct) if _is_struct(part)])
    return found


def choices() -> dict[frozenset[Any], tuple[Any, ...]]:
    """The values of every Literal, in the order they are written."""
    return {
        frozenset(get_args(part)): get_args(part)
        for struct in structs().values()
        for part in _parts_of(struct)
        if get_origin(part) is Literal
    }


def named_scalars() -> dict[str, Any]:
    """Scalars that have a name and a sentence of their own, such as `Duration`."""
    modules = [scalars, *(sys.modules[struct.__module__] for struct in structs().values())]
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if get_origin(kind) is Annotated and not name.endswith("Field") and _sentences(kind)
        if _plain(get_args(kind)[0])
    }


def description(hint: Any) -> str:
    """What a field is for, then what may stand there where that is said apart."""
    said = [sentence(one) for one in reversed(_sentences(hint))]
    return "\n\n".join(dict.fromkeys(said))


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", ":")) else ".")


def words(name: str) -> str:
    """A name as people write it: `BasicAuthentication` → `Basic authentication`."""
    if name in _PROPER_NAMES:
        return _PROPER_NAMES[name]
    first, *rest = (_ACRONYMS.get(word, word) for word in re.findall(r"[A-Z][a-z0-9]*", name))
    return " ".join([first, *(word if word.isupper() else word.lower() for word in rest)])


def paragraph(struct: type[Written]) -> str:
    """The docstring of a struct on one line a paragraph."""
    parts = re.split(r"\n\s*\n", (struct.__doc__ or "").strip())
    return "\n\n".join(" ".join(part.split()) for part in parts)


def _sentences(hint: Any) -> list[str]:
    """Descriptions from the inside out."""
    if get_origin(hint) in _UNIONS:
        inner = [part for part in get_args(hint) if part is not UnsetType]
        return _sentences(inner[0]) if len(inner) == 1 else []
    if get_origin(hint) is not Annotated:
        return []
    base, *metas = get_args(hint)
    own = [meta.description for meta in metas if isinstance(meta, Meta) and meta.description]
    return [*_sentences(base), *own]


def _plain(kind: Any) -> bool:
    return isinstance(kind, type) and not issubclass(kind, msgspec.Struct)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Written)


def _parts_of(struct: type[Written]) -> Iterator[Any]:
    for hint in hints_of(struct).values():
        yield from _below(hint)


def _below(hint: Any) -> Iterator[Any]:
    yield hint
    if hint is Condition:
        yield Operators
    elif get_origin(hint) is Annotated:
        yield from _below(get_args(hint)[0])
    elif get_origin(hint) is not Literal:
        for part in get_args(hint):
            yield from _below(part)

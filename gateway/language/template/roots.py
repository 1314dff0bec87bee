"""What a template can read: the roots, and what stands behind the dot of each."""

from __future__ import annotations

from gateway.language.template.tree import BadTemplate, Reference, Span
from gateway.language.values import Path, parse_path

WHOLE = "*"
CLAIMS = "claims"

NAMES: dict[str, tuple[str, ...]] = {
    "sender": ("credential", "username", CLAIMS, "id", "timestamp", "address"),
    "request": ("id", "received", "method"),
    "hook": ("name",),
    "run": ("id",),
}
"""Root → the names behind it, where they are the language's own."""

ROOTS = ("body", "query", "headers", "path", *NAMES)
"""The first words of a reference, in the order of the manual."""

ANSWERED: dict[str, tuple[str, ...]] = {
    "workflow": ("status", "body", "headers", "duration_ms"),
    "failure": ("reason", "kind"),
}
"""The same for roots that are there once the workflow was called."""

_FORBIDDEN = ("env", "secret", "secrets", "vars", "environment")


def reference(root: str, name: str, whole: bool, span: Span) -> Reference:
    """The input that is written `root.name`; `whole` says that the name is `*` and no text.

    Raises BadTemplate for one that does not exist.
    """
    if root in ANSWERED and name:
        return Reference(root, _answered(root, name, whole, span), span)
    if root not in ROOTS:
        raise _unknown(root, name, span)
    if not name:
        raise _without_name(root, span)
    if root in NAMES:
        return Reference(root, _own(root, name, whole, span), span)
    if whole and name == WHOLE:
        if root == "headers":
            hint = "name each header, such as ${headers.X-Event}"
            raise _fault("unknown-input", span, "a template cannot read all headers", hint)
        return Reference(root, (), span)
    return named(root, name, span)


def known(root: str, name: str, span: Span) -> Reference:
    """The input of a root that exists. Raises BadTemplate."""
    if root in NAMES:
        return Reference(root, _own(root, name, False, span), span)
    return named(root, name, span)


def named(root: str, name: str, span: Span) -> Reference:
    """The input of a root whose names are the caller's. Raises BadTemplate for a broken path."""
    if root == "body":
        return Reference(root, _path(name, span), span)
    return Reference(root, (name.lower() if root == "headers" else name,), span)


def without_dot(word: str, span: Span) -> BadTemplate:
    """What is wrong with a word that has no dot."""
    root = word.partition(":")[0]
    if root in _FORBIDDEN:
        return _forbidden(span)
    if word in ROOTS or word in ANSWERED:
        return _without_name(word, span)
    return _fault("unknown-input", span, f"a template cannot read '{word}'", wanted=word)


def _answered(root: str, name: str, whole: bool, span: Span) -> Path:
    first, _, rest = name.partition(".")
    if root == "workflow" and first == "body" and rest:
        return ("body",) if whole and rest == WHOLE else ("body", *_path(rest, span))
    if root == "workflow" and first == "headers" and rest and not whole:
        return ("headers", rest.lower())
    if root == "workflow" and first in ("body", "headers"):
        message = f"'workflow.{first}' is followed by '.' and a name"
        raise _fault("bad-template", span, message, wanted=f"workflow.{first}")
    return _named(root, name, ANSWERED[root], span)


def _own(root: str, name: str, whole: bool, span: Span) -> Path:
    first, _, rest = name.partition(".")
    if root == "sender" and first == CLAIMS:
        if not rest:
            message = "'sender.claims' is followed by '.' and a path"
            raise _fault("bad-template", span, message, wanted="sender.claims")
        return (CLAIMS,) if whole and rest == WHOLE else (CLAIMS, *_path(rest, span))
    return _named(root, name, NAMES[root], span)


def _named(root: str, name: str, names: tuple[str, ...], span: Span) -> Path:
    if name in names:
        return (name,)
    message = f"a template cannot read '{root}.{name}'"
    raise _fault("unknown-input", span, message, wanted=f"{root}.{name}")


def _path(name: str, span: Span) -> Path:
    try:
        return parse_path(name)
    except ValueError as error:
        raise _fault("bad-path", span, f"'{name}' is not a path: {error}") from None


def _without_name(root: str, span: Span) -> BadTemplate:
    return _fault("bad-template", span, f"'{root}' is followed by '.' and a name", wanted=root)


def _unknown(root: str, name: str, span: Span) -> BadTemplate:
    if root in _FORBIDDEN:
        return _forbidden(span)
    message = f"a template cannot read '{root}'"
    return _fault("unknown-input", span, message, wanted=f"{root}.{name}")


def _forbidden(span: Span) -> BadTemplate:
    message = "a template cannot read secrets or the environment"
    hint = "write credentials of the workflow under 'authentication'"
    return _fault("secret-in-template", span, message, hint)


def _fault(code: str, span: Span, message: str, hint: str = "", wanted: str = "") -> BadTemplate:
    return BadTemplate(code, span.start, span.end, message, hint, wanted=wanted)

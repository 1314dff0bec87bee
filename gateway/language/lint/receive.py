"""Ways to read a body that do not fit each other, or the rest of the hook."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from gateway.language.lint.parts import WITH_BODY, challenges, workflow_of
from gateway.language.lint.paths import check_path, path_fault
from gateway.language.mistake import Mistake
from gateway.language.spec import ApiKeyAuthentication, Hook, Receive
from gateway.language.values import parse_path

CODE = "bad-receive"


def check(hook: Hook) -> Iterator[Mistake]:
    """What could never be read, and keys in a body that is never there or sent as it is."""
    yield from _key(hook)
    if isinstance(hook.receive, UnsetType):
        return
    if not WITH_BODY & set(hook.methods):
        methods = " and ".join(hook.methods)
        message = f"there is no body to read: {methods} requests have none"
        hint = "remove 'receive', or write `method: POST`"
        yield Mistake(CODE, ("receive",), message, hint, on="key")
    yield from _together(hook.receive)
    yield from _paths(hook.receive)
    if hook.receive.as_ == "text":
        yield from _of_text(hook)


def _together(receive: Receive) -> Iterator[Mistake]:
    """Keys that exclude each other."""
    form = receive.as_
    if receive.field is not UNSET and form in ("json", "text"):
        hint = "write `as: form`, or remove 'as'"
        message = f"'field' is a field of a form, but the body is read as {form}"
        yield Mistake(CODE, ("receive", "field"), message, hint, on="key")
    if receive.json_in is not UNSET and form == "text":
        message = "'json_in' leads into JSON or a form, but the body is read as text"
        yield Mistake(CODE, ("receive", "json_in"), message, "write `as: json`", on="key")
    if receive.charset is not UNSET and form == "multipart":
        message = "the fields of a multipart form are always read as UTF-8"
        yield Mistake(CODE, ("receive", "charset"), message, "remove it", on="key")
    if receive.encoding is not UNSET and len(set(receive.encoding)) != len(receive.encoding):
        message = "a compression is listed twice"
        yield Mistake(CODE, ("receive", "encoding"), message, "remove one", on="key")


def _paths(receive: Receive) -> Iterator[Mistake]:
    """Paths that lead nowhere, or twice to the same text."""
    seen = set()
    for index, path in enumerate([] if receive.json_in is UNSET else receive.json_in):
        steps = ("receive", "json_in", index)
        yield from check_path(path, steps)
        if path_fault(path) is not None:
            continue
        if parse_path(path) in seen:
            message = f"'{path}' is JSON already, not text that contains it"
            yield Mistake(CODE, steps, message, "remove it")
        seen.add(parse_path(path))


def _of_text(hook: Hook) -> Iterator[Mistake]:
    """What needs parameters, of which a text has none."""
    steps = ("receive", "as")
    if not isinstance(hook.match, UnsetType) and hook.match.body is not UNSET:
        message = "a text has no parameters, so 'match.body' can never hold"
        yield Mistake(CODE, steps, message, "write `as: json` or `as: form`")
    for place, challenge in challenges(hook):
        if challenge.reads_body:
            message = "a text has no parameters, but this challenge reads the body"
            yield Mistake(CODE, place, message, "write `as: json` or `as: form`")
    workflow = workflow_of(hook)
    if workflow.method not in WITH_BODY or workflow.body or workflow.format == "form":
        message = "a text has no parameters, but the workflow is sent parameters"
        yield Mistake(CODE, steps, message, "write `as: json` or `as: form`")


def _key(hook: Hook) -> Iterator[Mistake]:
    """An API key in a body that nobody sends, that has no place for it, or that stays as it is."""
    written = hook.authentication
    if not isinstance(written, ApiKeyAuthentication) or written.body is UNSET:
        return
    steps = ("authentication", "body")
    without = " and ".join(method for method in hook.methods if method not in WITH_BODY)
    if without:
        message = f"{without} requests have no body that could carry the key"
        yield Mistake("bad-key-place", steps, message, "write `header` or `query`", on="key")
    if workflow_of(hook).format == "raw":
        message = "`format: raw` would send the key to the workflow"
        yield Mistake("bad-key-place", steps, message, "remove 'format'", on="key")
    if hook.receive is not UNSET and hook.receive.as_ in ("text", "multipart"):
        message = f"a body that is read as {hook.receive.as_} has no place for a key"
        yield Mistake("bad-key-place", steps, message, "write `header` or `query`", on="key")

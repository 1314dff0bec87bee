"""The answers: keys that exclude each other, status codes, types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import UNSET, UnsetType

from gateway.language.answers import OWN, REDIRECT, WITHOUT_BODY, Written, answers_of, is_text
from gateway.language.inputs import response_of
from gateway.language.lint import redirect
from gateway.language.lint.paths import check_path
from gateway.language.mistake import Mistake
from gateway.language.spec import Answer, Hook, Response
from gateway.language.template import is_template
from gateway.language.yaml12 import Steps

_PAGES = re.compile(
    r"text/html|application/xhtml\+xml|image/svg\+xml|text/css|[a-z]+/(x-)?(java|ecma)script"
)
_PLAIN = re.compile(r"text/(plain|csv)")


def check(hook: Hook) -> Iterator[Mistake]:
    """Everything about the answers but their templates and their headers."""
    yield from _select(response_of(hook))
    for written in answers_of(hook):
        yield from _status(written)
        yield from _body(written)
        yield from redirect.check(written)


def _select(response: Response) -> Iterator[Mistake]:
    steps: Steps = ("response", "select")
    if not isinstance(response.select, UnsetType):
        if response.type != "outputs":
            message = "'select' chooses from outputs, but `type: status` returns a report"
            hint = "write `type: outputs`, or remove 'select'"
            yield Mistake("select-without-outputs", steps, message, hint, on="key")
        for index, path in enumerate(response.select):
            yield from check_path(path, (*steps, index))
    chosen = "'select'" if response.select is not UNSET else "`type: status`"
    if response.select is UNSET and response.type == "outputs":
        return
    key = ("response", "select" if response.select is not UNSET else "type")
    if response.body is not UNSET:
        message = f"{chosen} chooses what is answered, and 'body' writes the answer"
        yield Mistake("conflicting-keys", key, message, "write only one of them", on="key")
    elif response.status == REDIRECT:
        message = f"{chosen} chooses what is answered, and a redirect has no such body"
        yield Mistake("conflicting-keys", key, message, "remove it", on="key")


def _status(written: Written) -> Iterator[Mistake]:
    status = written.answer.status
    steps = (*written.steps, "status")
    if 300 <= status < 400 and status != REDIRECT:
        message = f"'status' is 303 for a redirect, not {status}"
        yield Mistake("out-of-range", steps, message, "write 303, and `Location` under 'headers'")
    elif status in OWN or 452 <= status < 500:
        message = f"{status} cannot be answered here"
        yield Mistake("out-of-range", steps, message, "write 400, 422, 500 or another status")


def _body(written: Written) -> Iterator[Mistake]:
    answer, steps = written.answer, (*written.steps, "body")
    if answer.body is UNSET:
        if not isinstance(answer.content_type, UnsetType):
            message = "'content_type' is the type of 'body', and 'body' is missing"
            yield Mistake("missing-value", (*written.steps, "content_type"), message)
        return
    if answer.body is None:
        hint = "write {} to answer an empty object, or remove it"
        yield Mistake("missing-value", steps, "'body' has no value", hint, on="key")
    elif answer.status in WITHOUT_BODY:
        message = f"an answer with status {answer.status} has no body"
        yield Mistake("conflicting-keys", steps, message, "remove one of them", on="key")
    elif is_text(answer) and not isinstance(answer.body, str):
        message = f"'body' must be text: it is sent as {answer.content_type}"
        yield Mistake("wrong-kind", steps, message, on="key")
    yield from _type(answer, (*written.steps, "content_type"))


def _type(answer: Response | Answer, steps: Steps) -> Iterator[Mistake]:
    if isinstance(answer.content_type, UnsetType):
        return
    essence, _, parameter = answer.content_type.partition(";")
    hint = "answer JSON or text/plain"
    name, _, value = parameter.strip().partition("=")
    if _PAGES.fullmatch(essence):
        message = f"a page in '{essence}' would run on the gateway's origin"
        yield Mistake("bad-content-type", steps, message, hint)
    elif name == "charset" and value.lower() != "utf-8":
        message = f"the body is sent in UTF-8, not in {value}"
        yield Mistake("bad-content-type", steps, message, "write `charset=utf-8`")
    elif is_text(answer) and not _PLAIN.fullmatch(essence) and _is_filled(answer.body):
        message = f"a template would be pasted into '{essence}' as it is"
        yield Mistake("bad-content-type", steps, message, hint)


def _is_filled(body: object) -> bool:
    return isinstance(body, str) and is_template(body)

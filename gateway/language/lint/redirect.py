"""Where an answer sends its caller: a URL of the right form, with a host from the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.language.answers import REDIRECT, Written
from gateway.language.lint.url import faults, filled_names
from gateway.language.mistake import Mistake
from gateway.language.template import BadTemplate, is_template
from gateway.language.template.url import outline, parse_location
from gateway.language.yaml12 import Steps

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9])")
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(\.[a-z]{2,}|:[0-9]+)(/|$)")
_PLACE = re.compile(r"https?://[^/?#\\]|/(?![/\\])")


def check(written: Written) -> Iterator[Mistake]:
    """What is wrong with the headers `Location` and `Refresh` of an answer."""
    headers = {name.lower(): (name, value) for name, value in written.answer.headers.items()}
    steps = (*written.steps, "headers")
    if "refresh" in headers:
        name, value = headers["refresh"]
        if is_template(value):
            message = f"a template in '{name}' would choose where browsers go"
            yield Mistake("bad-redirect", (*steps, name), message, "write `status: 303`")
    if "location" in headers:
        name, value = headers["location"]
        if is_template(value):
            yield from _filled((*steps, name), value)
        elif written.answer.status == REDIRECT:
            yield from _fixed((*steps, name), value)
    elif written.answer.status == REDIRECT:
        message = "a redirect needs the header 'Location'"
        hint = "write `headers: {Location: https://www.example.com/thanks}`"
        yield Mistake("bad-redirect", (*written.steps, "status"), message, hint)


def _filled(steps: Steps, value: str) -> Iterator[Mistake]:
    try:
        url = parse_location(value)
    except BadTemplate:
        return  # told with all other templates
    yield from filled_names(url, steps)
    if "#" in outline(value):
        message = "'#' cannot stand in a URL with templates"
        yield Mistake("bad-redirect", steps, message, "remove what begins with '#'")
    else:
        yield from _faults(steps, outline(value))


def _fixed(steps: Steps, value: str) -> Iterator[Mistake]:
    if _PLACE.match(value):
        yield from _faults(steps, value.partition("#")[0])
    else:
        message = f"'{steps[-1]}' must be a URL with http or https, or a path"
        yield Mistake("bad-redirect", steps, message, _begun(value))


def _begun(value: str) -> str:
    """How a place is meant to begin that is neither a URL nor a path."""
    if _SCHEME.match(value) or value.startswith(("/", "\\")):
        return "for example https://www.example.com/thanks, or /thanks"
    return "start it with https://" if _HOST.match(value) else "start it with '/' or https://"


def _faults(steps: Steps, value: str) -> Iterator[Mistake]:
    """Browsers repair what is no URL, and then it may have another host or path."""
    for _, message, _ in faults(f"http://path{value}" if value.startswith("/") else value):
        hint = "for example https://www.example.com/thanks"
        yield Mistake("bad-redirect", steps, message, hint)

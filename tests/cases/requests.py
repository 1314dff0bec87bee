"""Requests as files: hooks, what is sent, what is answered, what the workflow receives.

The sections of a case, in order:

    ==== hooks.d/NAME.yaml       hooks; URL in them is the workflow's, `/run/…` echoes
    ==== secrets/NAME            a secret's value
    ==== workflow answers NAME   what `URL/raw/NAME` answers, every byte of it (crlf)
    ==== POST /hooks/paris       a request: headers, an empty line, the body
    ==== answer 200              its answer in the same form
    ==== workflow POST /run/a    what the workflow received, one for each time it was called
    ==== then POST /hooks/paris  a request that depends on the one before it, whose test sends both

`…` stands for any text. Of the headers only those that are written are compared, `(absent)` means
that one must not be there; bodies are compared whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import msgspec

from tests.cases.casefile import Case, Section, cases, expanded
from tests.support.workflow import Received

DIRECTORY = Path(__file__).parent / "requests"
ABSENT = "(absent)"
_METHOD = re.compile(r"(then )?[A-Z]+ /")


class Message(msgspec.Struct, frozen=True):
    """A request or an answer: its first line, its headers as written, its body."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Exchange(msgspec.Struct, frozen=True):
    """One request with its answer, and what the workflow is to receive."""

    request: Message
    answer: Message
    workflow: tuple[Message, ...]

    def __str__(self) -> str:
        return f"{self.request.first} → {self.answer.first}"


class Talk(msgspec.Struct, frozen=True):
    """Exchanges of a case that depend on each other, in order; mostly one."""

    case: str
    exchanges: tuple[Exchange, ...]

    def __str__(self) -> str:
        return f"{self.case}: {'; '.join(map(str, self.exchanges))}"


def request_cases() -> list[Case]:
    """Every case of the directory."""
    return cases(DIRECTORY)


def talks(case: Case) -> Iterator[Talk]:
    """The exchanges of a case, those together that depend on each other."""
    sections = [section for section in case.sections if _is_message(section)]
    requests = [index for index, one in enumerate(sections) if _METHOD.match(one.head)]
    starts = [index for index in requests if not sections[index].head.startswith("then ")]
    for start, end in pairwise([*starts, len(sections)]):
        inner = [index for index in requests if start <= index < end]
        yield Talk(case.name, tuple(map(_exchange, _cut(sections, [*inner, end]))))


def _cut(sections: list[Section], at: list[int]) -> Iterator[list[Section]]:
    return (sections[start:end] for start, end in pairwise(at))


def _exchange(sections: list[Section]) -> Exchange:
    request, answer, *workflow = map(_message, sections)
    return Exchange(request, answer, tuple(workflow))


def hooks(case: Case, url: str) -> dict[str, str]:
    """Name → text of the hook files of a case, for a workflow at `url`."""
    return {
        f"{case.name}/{name}": data.decode().replace("URL", url)
        for name, data in files(case, "hooks.d/").items()
    }


def secrets(case: Case) -> dict[str, str]:
    """Name → value of the secrets of a case."""
    return {name: data.decode().strip("\n") for name, data in files(case, "secrets/").items()}


def files(case: Case, kind: str) -> dict[str, bytes]:
    """Name → bytes of the sections whose head begins with `kind`."""
    found = (section for section in case.sections if section.head.startswith(kind))
    return {section.head.removeprefix(kind): section.data for section in found}


def send(connection: HTTPConnection, request: Message) -> Message:
    """Send a request with nothing added but `Host` and `Content-Length`."""
    method, _, target = request.first.partition(" ")
    names = {name.lower() for name, _ in request.headers}
    connection.putrequest(method, target, skip_host="host" in names, skip_accept_encoding=True)
    for name, value in request.headers:
        connection.putheader(name, value.encode())
    if request.body and not {"content-length", "transfer-encoding"} & names:
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body)
    response = connection.getresponse()
    return Message(f"{response.status}", tuple(response.getheaders()), response.read())


def received(one: Received) -> Message:
    """What a workflow received, as a message."""
    return Message(f"{one.method} {one.target}", tuple(one.headers.items()), one.body)


def differences(expected: Message, found: Message) -> list[str]:
    """What is otherwise than a case says."""
    return [
        *_difference("first line", expected.first, found.first),
        *(
            difference
            for name, value in expected.headers
            for difference in _difference(name, value, _header(found, name))
        ),
        *_difference("body", _text(expected.body), _text(found.body)),
    ]


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")


def _header(message: Message, name: str) -> str:
    values = [value for key, value in message.headers if key.lower() == name.lower()]
    return ", ".join(values) if values else ABSENT


def _difference(what: str, expected: str, found: str) -> Iterator[str]:
    pattern = ".*".join(map(re.escape, expected.split("…")))
    if not re.fullmatch(pattern, found, re.DOTALL):
        yield f"{what}: expected {expected!r}, found {found!r}"


def _is_message(section: Section) -> bool:
    return bool(re.match(r"answer \d|((workflow|then) )?[A-Z]+ /", section.head))


def _message(section: Section) -> Message:
    first = re.sub("^(answer|workflow|then) ", "", section.head)
    head, _, body = section.text.partition("\n\n")
    if section.text.startswith("\n"):
        head, body = "", section.text[1:]
    lines = [line.partition(": ") for line in head.splitlines()]
    headers = tuple((name, value) for name, _, value in lines)
    body = body.rstrip("\n") + "\n" * bool(section.options)
    return Message(first, headers, expanded(body, section.options))

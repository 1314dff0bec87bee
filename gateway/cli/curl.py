"""A request as a curl line: for people to read, and for a POSIX shell to run."""

from __future__ import annotations

import re
import shlex
import string
from base64 import b64encode
from urllib.parse import quote, urlencode

import msgspec

from gateway.compile.sample import sample_request
from gateway.errors import OperatorError
from gateway.language.spec import Hook

_PLAIN = re.compile(r"[A-Za-z0-9 ,.:/@=+_-]*")
"""Text that means itself between double quotes, in a terminal too."""
_PRINTF = frozenset(string.ascii_letters + string.digits + " ,.:/@=+_-")
"""What stands for itself in a format of printf between single quotes."""
_LAYOUT = dict.fromkeys(map(ord, "\n\t"))
_LINE_END = re.compile(r"[\r\n\0]")
_LONGEST = 64 * 1024
"""Bytes of a body on the line itself; Linux takes 128 KiB an argument."""


class Call(msgspec.Struct, frozen=True):
    """A request before it is written down; the path is percent-encoded.

    `words` go on the line as they are: credentials that the shell fetches when it runs. `file` is
    the name of the file that holds `body`, where one does.
    """

    method: str
    base: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    body: bytes | None = None
    file: str | None = None
    words: tuple[str, ...] = ()

    @property
    def query_string(self) -> str:
        """The query as it stands in the URL."""
        return urlencode(self.query)


def sample_call(hook: Hook, base: str) -> Call:
    """A request that the hook's rules accept, as far as that can be guessed."""
    sample = sample_request(hook)
    query = [
        (name, value)
        for name, values in sample.query.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return Call(
        method=sample.method,
        base=base,
        path=quote(sample.path, safe="/~!$&'()*+,;=:@"),
        query=tuple(query),
        headers=tuple(sample.headers.items()),
        content_type=sample.content_type or "",
        body=sample.body,
    )


def curl_line(call: Call) -> str:
    """The line. It is one command, but for a body that is no text: that is piped into it."""
    source, data = _data(call)
    url = call.base + call.path + ("?" + call.query_string if call.query else "")
    words = ["curl"]
    if call.method != ("GET" if call.body is None else "POST"):
        words += ["-X", call.method]
    headers = list(call.headers)
    if call.body is not None and call.content_type:
        headers.append(("Content-Type", call.content_type))
    words += [f"-H {_header(name, value)}" for name, value in headers]
    return source + " ".join([*words, *call.words, *data, quoted(url)])


def quoted(text: str) -> str:
    """A word of the line that stands for itself, in a shell and on the terminal that shows it."""
    if text.isprintable():
        return shlex.quote(text)
    octal = "".join(
        one if one in _PRINTF else "".join(f"\\{byte:03o}" for byte in one.encode(errors="replace"))
        for one in text
    )
    return f"\"$(printf '{octal}')\""


def _header(name: str, value: str) -> str:
    if _LINE_END.search(name + value):
        raise OperatorError(f"the header {name} cannot be sent: its value contains a line break")
    return quoted(f"{name}: {value}")


def word(text: str, expansion: str) -> str:
    """One word of a line: a text, and after it what the shell finds as the line runs."""
    if _PLAIN.fullmatch(text):
        return f'"{text}{expansion}"'
    return f'{quoted(text)}"{expansion}"'


def _data(call: Call) -> tuple[str, list[str]]:
    """What is written before the line, and the words that carry the body."""
    if call.body is None:
        return "", []
    if call.file is not None:
        return "", ["--data-binary", quoted(f"@{call.file}")]
    text = _text(call.body)
    if text is None:
        encoded = b64encode(call.body).decode()
        return f"echo {encoded} | base64 -d | ", ["--data-binary", "@-"]
    return "", ["--data-raw" if text.startswith("@") else "-d", shlex.quote(text)]


def _text(body: bytes) -> str | None:
    """The body as a word of the line, None where it cannot be one."""
    if len(body) > _LONGEST or b"\0" in body:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text.translate(_LAYOUT).isprintable() else None

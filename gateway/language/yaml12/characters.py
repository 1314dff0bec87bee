"""The bytes of a file as text, or why they are none."""

from __future__ import annotations

import codecs
import re

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings

MAX_FILE = 1024 * 1024
"""Bytes; a ConfigMap holds no more."""

# YAML 1.2.2, production 1 (c-printable). U+0085, U+2028 and U+2029 are left out: libyaml breaks
# lines at them, as YAML 1.1 did, and YAML 1.2 does not.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
BREAK = re.compile(r"\r\n|\r|\n")
_NAMES = {"\0": "NUL", "\x1b": "ESC", "\x7f": "DEL", "\ufeff": "a byte order mark"}


def decode(data: bytes, findings: Findings) -> str | None:
    """The text of a file, without a byte order mark; None when there is a finding instead."""
    if len(data) > MAX_FILE:
        findings.add(
            "file-too-large",
            Place(1, 1, 1, 1),
            f"the file has more than {MAX_FILE // 1024**2} MiB",
            "put the hooks into several files",
        )
        return None
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        _not_utf8(error, findings)
        return None
    if (found := _FORBIDDEN.search(text)) is not None:
        _forbidden(text, found, findings)
        return None
    return text


def text_of(data: bytes) -> str:
    """The text of a file, whatever its bytes are, as the places of its diagnostics count it."""
    return data.removeprefix(codecs.BOM_UTF8).decode(errors="replace")


def lines_of(data: bytes) -> list[str]:
    """The lines of a file as the places of its diagnostics count them; never fails."""
    return BREAK.split(text_of(data))


def _place(before: str) -> Place:
    lines = BREAK.split(before)
    line, column = len(lines), len(lines[-1]) + 1
    return Place(line, column, line, column + 1)


def _not_utf8(error: UnicodeDecodeError, findings: Findings) -> None:
    data, at = error.object, error.start
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    what = (
        "it looks like UTF-16" if utf16 else f"the byte 0x{data[at]:02x} is not part of UTF-8 text"
    )
    place = _place(data[:at].decode())
    findings.add("not-utf8", place, f"the file is not UTF-8: {what}", "save it as UTF-8")


def _forbidden(text: str, found: re.Match[str], findings: Findings) -> None:
    character = found[0]
    name = f"{_NAMES.get(character, 'the character')} (U+{ord(character):04X})"
    more = sum(1 for _ in _FORBIDDEN.finditer(text, found.end()))
    message = f"a YAML file must not contain {name}" + (f", nor {more} more" if more else "")
    hint = f'inside double quotes, write "\\u{ord(character):04X}"'
    findings.add("forbidden-character", _place(text[: found.start()]), message, hint)

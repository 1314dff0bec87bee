"""Bodies in other charsets than UTF-8, as the same bodies in UTF-8."""

from __future__ import annotations

from urllib.parse import urlencode

from gateway.compile.forms import decode_urlencoded, flatten
from gateway.errors import Malformed, UnsupportedMedia

UTF_8 = "utf-8"

_ALIASES = {
    "utf8": UTF_8,
    "us-ascii": UTF_8,
    "ascii": UTF_8,
    "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1",
    "latin1": "latin-1",
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1252": "windows-1252",
    "shift-jis": "shift_jis",
    "sjis": "shift_jis",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}
"""Other names that senders write for charsets of the language."""


def charset_of(said: str | None, written: str) -> str:
    """The charset of a body: the one that its Content-Type says, else the hook's.

    Raises UnsupportedMedia for one that is neither the hook's nor UTF-8.
    """
    if said is None:
        return written
    known = _ALIASES.get(said.lower(), said.lower())
    if known in (written, UTF_8):
        return known
    raise UnsupportedMedia(
        f"The body is in a charset that this hook does not read; send {UTF_8}.",
        reason="The body is in another charset than `receive.charset`.",
    )


def text_in_utf_8(body: bytes, charset: str) -> bytes:
    """The same text in UTF-8. Raises Malformed."""
    try:
        return body.decode(charset).encode()
    except UnicodeDecodeError:
        raise Malformed(f"The body is not valid {charset.upper()}.") from None


def form_in_utf_8(body: bytes, charset: str) -> bytes:
    """The same parameters in UTF-8. Raises Malformed."""
    parameters = decode_urlencoded(body, "The form", charset)
    return urlencode(flatten(parameters)).encode("ascii")

"""What a body says in another charset, it says in UTF-8 after that."""

from __future__ import annotations

from typing import get_args
from urllib.parse import parse_qsl, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.receiving.charsets import charset_of, form_in_utf_8, text_in_utf_8
from gateway.errors import Malformed, UnsupportedMedia
from gateway.language.spec.receive import Charset

CHARSETS = get_args(Charset)


@pytest.mark.parametrize("charset", CHARSETS)
@given(letters=st.text(st.sampled_from('az09&=+% ~\\{}"éñüßčšЖйш€ﾊハ日本語한국中文'), max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_text_and_a_form_say_the_same_in_utf_8(charset: str, letters: str) -> None:
    raw = letters.encode(charset, "ignore")
    text = raw.decode(charset)
    assert text_in_utf_8(raw, charset) == text.encode()
    form = f"a={quote_plus(raw)}&b=1".encode()
    assert parse_qsl(form_in_utf_8(form, charset).decode(), keep_blank_values=True) == [
        ("a", text),
        ("b", "1"),
    ]


def test_every_charset_is_one_that_python_has() -> None:
    for charset in CHARSETS:
        assert text_in_utf_8(b"{}", charset) == b"{}"


@pytest.mark.parametrize(
    ("said", "written", "found"),
    [
        (None, "latin-1", "latin-1"),
        ("UTF-8", "latin-1", "utf-8"),
        ("US-ASCII", "utf-8", "utf-8"),
        ("ISO-8859-1", "latin-1", "latin-1"),
        ("Windows-1252", "windows-1252", "windows-1252"),
        ("cp1252", "windows-1252", "windows-1252"),
        ("Shift-JIS", "shift_jis", "shift_jis"),
        ("GB2312", "gb18030", "gb18030"),
    ],
)
def test_what_the_sender_says_wins_where_the_hook_reads_it(
    said: str | None, written: str, found: str
) -> None:
    assert charset_of(said, written) == found


@pytest.mark.parametrize(
    "said", ["latin-1", "utf-16", "utf-7", "idna", "zip", "unicode_escape", ""]
)
def test_a_charset_that_the_hook_does_not_read_is_refused(said: str) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        charset_of(said, "windows-1252")
    assert "receive.charset" in refused.value.reason


@pytest.mark.parametrize(("body", "charset"), [(b"\x81", "windows-1252"), (b"\x80", "shift_jis")])
def test_what_a_charset_has_not_is_refused_by_its_name(body: bytes, charset: str) -> None:
    with pytest.raises(Malformed, match=charset.upper()):
        text_in_utf_8(body, charset)

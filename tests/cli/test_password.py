"""A password goes in unseen, and what comes out is a line for a hook."""

from __future__ import annotations

import re

import pytest

from gateway.language.read import read
from gateway.language.source import Source
from gateway.runtime.scrypt import parse
from tests.support.command import run, terminal, within

HOOK = """\
name: orders
authentication:
  type: basic
  users:
    - username: paris
      password: {{{line}}}
    - username: rome
      password:
        {line}
workflow: http://127.0.0.1:9000/run/orders
"""


def _hash(line: str) -> str:
    found = re.fullmatch(r'scrypt: "(scrypt\$[^"]+)"', line.strip())
    assert found is not None, line
    return found[1]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\nanother line\n"])
def test_a_line_on_a_pipe_is_the_password(end: bytes) -> None:
    done = within("password", stdin="pässword: of 16".encode() + end)
    assert (done.returncode, done.stderr) == (0, "")
    assert parse(_hash(done.stdout)).verify("pässword: of 16".encode())
    assert not parse(_hash(done.stdout)).verify(b"another")


def test_the_line_can_be_pasted_below_the_key_and_into_braces() -> None:
    line = run("password", stdin=b"a long enough one").stdout.strip()
    reading = read([Source("a.yaml", HOOK.format(line=line).encode())])
    assert reading.diagnostics == ()
    assert len(reading.hooks) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"", "the password is empty"),
        (b"\n", "the password is empty"),
        (b"\r\nsecond\n", "the password is empty"),
        (b"tab\tin the middle\n", "control characters"),
    ],
)
def test_what_cannot_be_a_password_is_refused(given: bytes, message: str) -> None:
    done = within("password", stdin=given)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_short_password_is_remarked_upon_and_hashed_all_the_same() -> None:
    done = within("password", stdin=b"tiny\n")
    assert done.returncode == 0
    assert "fewer than 12 characters" in done.stderr
    assert parse(_hash(done.stdout)).verify(b"tiny")


def test_a_terminal_asks_twice_and_shows_nothing() -> None:
    with terminal("password", columns=200) as screen:
        screen.wait_for("Password:")
        screen.send("long-enough-1\n")
        screen.wait_for("Repeat for confirmation:")
        screen.send("mistyped-once\n")
        screen.wait_for("Password:", times=2)
        screen.send("long-enough-2\n")
        screen.wait_for("Repeat for confirmation:", times=2)
        screen.send("long-enough-2\n")
        assert screen.wait() == 0
    assert "do not match" in screen.shown
    assert "long-enough" not in screen.shown
    assert "mistyped" not in screen.shown
    assert parse(_hash(screen.shown.splitlines()[-1])).verify(b"long-enough-2")

"""The clipboard, where one can be reached: a local tool, or the terminal itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator

PATIENCE = 3.0
"""Seconds that a tool may take; one that asks a display that does not answer hangs."""

_WITHOUT_ESCAPES = ("", "dumb", "linux")
"""Terminals that print what they do not understand."""


def copy(text: str) -> str:
    """Copy, and say in a sentence whether that was done."""
    for where, command in _tools():
        if _run(command, text):
            return f"It was copied to {where}."
    if os.environ.get("TERM", "") in _WITHOUT_ESCAPES:
        return "It was not copied, because no clipboard was found."
    sys.stdout.write(_escape(text))
    sys.stdout.flush()
    return "It was sent to the terminal's clipboard (OSC 52), which some terminals do not support."


def _tools() -> Iterator[tuple[str, tuple[str, ...]]]:
    """What can copy from here: where to, and how."""
    if os.environ.get("WAYLAND_DISPLAY"):
        yield "the clipboard (wl-copy)", ("wl-copy",)
    if os.environ.get("DISPLAY"):
        yield "the clipboard (xclip)", ("xclip", "-selection", "clipboard")
        yield "the clipboard (xsel)", ("xsel", "--clipboard", "--input")
    if sys.platform == "darwin":
        yield "the clipboard (pbcopy)", ("pbcopy",)
    if os.environ.get("WSL_DISTRO_NAME"):
        yield "the clipboard (clip.exe)", ("clip.exe",)
    if os.environ.get("TMUX"):  # which asks the terminal outside, too
        yield "the paste buffer of tmux", ("tmux", "load-buffer", "-w", "-")


def _run(command: tuple[str, ...], text: str) -> bool:
    """Whether the tool is there and took it. It may go on in the background, to hold the
    selection: nothing of ours may stay open in it.
    """
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - one of the tools above, and nothing in its arguments
            command,
            check=False,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _escape(text: str) -> str:
    """OSC 52 (xterm, "Operating System Commands"), in tmux passed on to the terminal outside."""
    sequence = f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"
    if os.environ.get("TMUX"):
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\{sequence}"
    return sequence

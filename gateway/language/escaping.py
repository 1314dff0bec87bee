"""What others wrote, in a form that can be shown anywhere."""

from __future__ import annotations


def escaped(text: str, kept: str = "") -> str:
    """Text in which everything can be seen: what a terminal would act upon, and what nobody sees,
    is written as `\\u202e`. The characters of `kept` stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in kept else f"\\u{ord(one):04x}" for one in text
    )

"""Paths into JSON that lead nowhere, and those that are probably meant as other ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from gateway.language.mistake import Mistake
from gateway.language.values import parse_path
from gateway.language.yaml12 import Steps

_ELEMENT = re.compile(r"\[([0-9]+)\]")
"""An element of an array in other languages."""
_QUALIFIED = re.compile(
    r"(?:([^/]*(?:labels|annotations))\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^/]+)", re.ASCII
)
"""A key as Kubernetes and others qualify it, and above it what holds such keys: a domain, '/', a
name.
"""


def check_path(path: str, steps: Steps, on: Literal["value", "key"] = "value") -> Iterator[Mistake]:
    """What is wrong with a path that is written at a place."""
    if (reason := path_fault(path)) is not None:
        yield Mistake("bad-path", steps, f"'{path}' is not a path: {reason}", on=on)
    elif (other := other_path(path)) is not None:
        message, hint = other
        yield Mistake("dotted-key", steps, message, hint, on)


def path_fault(path: str) -> str | None:
    """Why a dotted path or JSON Pointer leads nowhere; None where it leads somewhere."""
    try:
        parse_path(path)
    except ValueError as error:
        return str(error)
    return None


def other_path(path: str) -> tuple[str, str] | None:
    """What is said of a path that is read in another way than it looks, and what to write."""
    if pointer := _pointer(path):
        message = f"'{path}' looks like a key with dots, but is read as a path into objects"
        return message, f"for a key with dots, write a JSON Pointer: '{pointer}'"
    if path.startswith("/") or _ELEMENT.search(path) is None:
        return None
    element = _ELEMENT.sub(r".\1", path).removeprefix(".")
    message = f"'{path}' reads a member whose name has brackets"
    return message, f"for an element of an array, write '{element}'; for the name, a JSON Pointer"


def _pointer(path: str) -> str:
    """The JSON Pointer for a dotted path that ends with a key such as `app.kubernetes.io/name`."""
    found = _QUALIFIED.fullmatch(path)
    if found is None:
        return ""
    key = found[2].replace("~", "~0").replace("/", "~1")
    return "/" + "/".join([*(found[1].split(".") if found[1] else ()), key])

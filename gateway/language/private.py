"""Lines that may hold a secret: reports end up in logs, so they are not shown again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gateway.language.issued import credentials
from gateway.language.secret_words import holds_secret, opens_with_secret
from gateway.language.yaml12 import Document, Node
from gateway.language.yaml12.characters import lines_of

_PUBLIC = {
    "secret": re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}"),
    "env": re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "scrypt": re.compile(r"scrypt\$ln=.*"),
}
"""What is a name or a digest behind these keys; anything else there is a secret misplaced."""

_OPERATORS = ("eq", "ne", "in", "not_in", "prefix", "suffix", "contains", "any", "all", "none")
"""Keys that say nothing of what is behind them: the one above them does."""

_BESIDE = ("type", "username", "label", "expires")
"""Keys beside a secret in its mapping that are none themselves."""

_NOTHING = ("", "null", "~", "true", "false")

_USERINFO = re.compile(r"://[^/?#]*@")
_PARAMETER = re.compile(
    r"[?&][\w.-]*(token|pass(w|code|phrase|key)|pwd|secret|key|sig|credential)\w*=", re.IGNORECASE
)

# For lines that are not YAML: a key, and a value on the same line.
_PAIR = re.compile(r"""(?<![\w-])([\w-]{1,64})["']?\s*:\s+["']?([^\s"'{\[&*|>][^,}\]"']*)""")


def is_private(value: Any, key: str) -> bool:
    """Whether a scalar may be a secret; `key` is the nearest one above it."""
    if value is None or isinstance(value, bool):
        return False
    text = str(value).strip()
    if text in _NOTHING:
        return False
    if key in _PUBLIC:
        return not _PUBLIC[key].fullmatch(text) or bool(credentials(text))
    if holds_secret(key) or _USERINFO.search(text) or _PARAMETER.search(text):
        return True
    return bool(credentials(text))


def private_lines(data: bytes, documents: Sequence[Document]) -> frozenset[int]:
    """The numbers of the lines of a file that may hold a secret, well-formed or not."""
    found = set[int]()
    for number, line in enumerate(lines_of(data), 1):
        if _has_secret(line):
            found.add(number)
    for document in documents:
        for key, node in values_in(document.root):
            if node.children is None and is_private(node.value, key):
                found.update(range(node.place.line, node.place.end_line + 1))
    return frozenset(found)


def can_be_shown(line: str) -> bool:
    """Whether a line of a file can be shown, as far as that can be told from the line alone."""
    return not (_has_secret(line) or credentials(line))


def _has_secret(line: str) -> bool:
    pairs = ((pair[1], pair[2].partition(" #")[0]) for pair in _PAIR.finditer(line))
    return any(is_private(value, key) for key, value in pairs) or opens_with_secret(line)


def values_in(root: Node) -> Iterator[tuple[str, Node]]:
    """Every value with the nearest key above it that tells what it is."""
    waiting = [("", root)]
    while waiting:
        key, node = waiting.pop()
        yield key, node
        if isinstance(node.children, dict):
            waiting += [
                (_key_above(key, name, child), child) for name, (_, child) in node.children.items()
            ]
        elif isinstance(node.children, list):
            waiting += [(key, child) for child in node.children]


def _key_above(key: str, name: str, child: Node) -> str:
    """The key that tells what stands behind `name` in a mapping behind `key`. In the place of a
    reference to a secret, a name that is unknown there holds the secret itself.
    """
    if name in _OPERATORS:
        return key
    if key == "tls" or (key, name) == ("authentication", "value"):
        return "secrets"
    known = name in _PUBLIC or (name in _BESIDE and child.children is None)
    return "secrets" if holds_secret(key) and not known else name

"""Credentials that can be told by how they look: the forms of known issuers, and chance.

Digests, identifiers and public keys have no form of a credential.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from gateway.language.issuers import ISSUERS


class Credential(NamedTuple):
    """What looks like a credential in a text: from where to where, and whose it is.

    `issuer` is empty where only chance would make such a text.
    """

    start: int
    end: int
    issuer: str
    mark: str


SHORTEST = 15
"""Characters of the shortest credential that is not a part of a URL."""


def credentials(text: str) -> list[Credential]:
    """What looks like a credential, in the order of the text; none overlaps another."""
    found: list[Credential] = []
    for one in sorted([*_known(text), *_random(text)], key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def masked(text: str) -> str:
    """The text without what looks like a credential; of a known form its beginning is left."""
    shown, end = [], 0
    for one in credentials(text):
        shown += [text[end : one.start], one.mark, "***"]
        end = one.end
    return "".join([*shown, text[end:]]) if shown else text


def _known(text: str) -> Iterator[Credential]:
    if len(text) < SHORTEST and "://" not in text:
        return
    for issuer in ISSUERS:
        if issuer.mark not in text:
            continue
        for match in re.finditer(issuer.pattern, text):
            if "example" not in match[0].lower():
                mark = issuer.mark if match[0].startswith(issuer.mark) else ""
                yield Credential(match.start(), match.end(), issuer.name, mark)


_WORD = re.compile(r"(?<![A-Za-z0-9_+=./$-])[A-Za-z0-9_+-]{24,}={0,2}")
_PUBLIC = re.compile(
    r"whpk_|ssh-|AAAA|sha(?:256|384|512)-|M[FICH]|MD[0-9AEIMQUYcgk]|[A-Z]{1,8}_[kl][A-Za-z]"
)
"""How public keys, hashes of resources, and the identifiers of GitHub's objects begin."""
_JUDGED = 256
"""Characters of a word that are looked at."""


def _random(text: str) -> Iterator[Credential]:
    for match in _WORD.finditer(text):
        if not _PUBLIC.match(match[0]) and _is_random(match[0][:_JUDGED]):
            yield Credential(match.start(), match.end(), "", "")


def _is_random(word: str) -> bool:
    """Whether a word has letters of both cases and digits, so mixed as no name has them.

    Random base64 changes between the three at six of ten characters, names at two of ten. Hex is
    never random in this sense: there it cannot be told from a digest.
    """
    kinds = [
        "d" if one.isdigit() else "u" if one.isupper() else "l" for one in word if one.isalnum()
    ]
    if len(set(kinds)) < 3 or len(kinds) < 20:
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes >= 0.42 * len(kinds) and _entropy(word) >= 3.9


def _entropy(word: str) -> float:
    """Bits a character, by how often each occurs (Shannon)."""
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)

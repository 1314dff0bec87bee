"""Keys behind which secrets are written, and keys that are no secrets themselves."""

from __future__ import annotations

import re
from difflib import get_close_matches

_SECRET = re.compile(
    r"token|pass(w|code|phrase|key)|pwd|secret|credential|authorization|cookie|api.?keys?$"
    r"|^(env|keys|users|sha256|scrypt)$",
    re.IGNORECASE,
)

WORDS = frozenset({
    "secret", "env", "sha256", "scrypt", "label", "expires", "type", "username", "password",
    "token", "tokens", "users", "keys", "key", "secrets", "certificate", "header", "headers",
    "query", "body", "name", "value", "verify_token", "user", "id", "url", "plain", "plaintext",
    "text", "file", "path", "from", "ref", "literal", "secretRef", "secretKeyRef", "valueFrom",
    "eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "prefix", "suffix", "contains",
    "pattern", "exists", "any", "all", "none",
})  # fmt: skip
"""Keys that people write in the place of a secret or of a reference to one, rightly or wrongly. Any
other key there may be the secret itself.
"""
_LETTERS = re.compile(r"[A-Za-z_]{1,32}")
_DIGEST = re.compile(r"sha[0-9]{3}")

# For lines that are not YAML: a key, brackets that open behind it, and the first word in them.
_OPENED = re.compile(
    r"""(?<![\w-])([\w-]{1,64})["']?\s*:\s+(?=[\[{]["'\[{\s]*([^\s"'{}\[\],:]+))"""
)


def holds_secret(key: str) -> bool:
    """Whether people write secrets behind a key, rightly as references or wrongly as they are."""
    return _SECRET.search(key) is not None


def is_word(key: object) -> bool:
    """Whether a key is one of WORDS, or a slip of the pen for one."""
    if not isinstance(key, str):
        return False
    if key in WORDS or _DIGEST.fullmatch(key):
        return True
    if not _LETTERS.fullmatch(key):
        return False
    return bool(get_close_matches(key, WORDS, n=1, cutoff=0.8))


def opens_with_secret(line: str) -> bool:
    """Whether brackets that open in a line of any text may hold a secret as it is."""
    return any(holds_secret(found[1]) and not is_word(found[2]) for found in _OPENED.finditer(line))

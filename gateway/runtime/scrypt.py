"""Password hashes as text: `scrypt$ln=15,r=8,p=1$<salt>$<key>` (RFC 7914)."""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from hashlib import scrypt

import msgspec

_SALT, _KEY = 16, 32
_COST = 15
"""log2 of N: 32 MiB and some 60 ms for one verification."""
_MEMORY_OF_A_BLOCK = 128


class ScryptParameters(msgspec.Struct, frozen=True):
    """A hash with what it takes to verify a password against it. It cannot be printed."""

    ln: int
    r: int
    p: int
    salt: bytes
    key: bytes

    def verify(self, password: bytes) -> bool:
        """Whether it is the password, in constant time. It takes tens of milliseconds."""
        return hmac.compare_digest(self._derive(password), self.key)

    def _derive(self, password: bytes) -> bytes:
        n = 1 << self.ln
        memory = _MEMORY_OF_A_BLOCK * self.r * (n + self.p + 2)
        return scrypt(password, salt=self.salt, n=n, r=self.r, p=self.p, dklen=_KEY, maxmem=memory)

    def __repr__(self) -> str:
        return "ScryptParameters(***)"


def parse(text: str) -> ScryptParameters:
    """The parameters of a hash in its text form. Raises ValueError for anything else."""
    try:
        kind, costs, salt, key = text.split("$")
        values = {name: int(value) for name, value in (one.split("=") for one in costs.split(","))}
        if kind != "scrypt":
            raise ValueError
        return ScryptParameters(
            values["ln"], values["r"], values["p"], _decode(salt, _SALT), _decode(key, _KEY)
        )
    except (ValueError, KeyError):
        raise ValueError("not a scrypt hash as `gateway password` prints it") from None


def make(password: bytes) -> str:
    """The text form of a password's hash, with a fresh salt."""
    empty = ScryptParameters(_COST, 8, 1, os.urandom(_SALT), b"")
    salt, key = _encode(empty.salt), _encode(empty._derive(password))
    return f"scrypt$ln={empty.ln},r={empty.r},p={empty.p}${salt}${key}"


def _encode(value: bytes) -> str:
    return b64encode(value).decode("ascii").rstrip("=")


def _decode(text: str, size: int) -> bytes:
    value = b64decode(text + "=" * (-len(text) % 4), validate=True)
    if len(value) != size:
        raise ValueError
    return value

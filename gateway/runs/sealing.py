"""Sealing of what is stored of requests and answers, with keys that the store does not have.

The cipher is XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM with a key of its own for each
message, so that random nonces last for any number of runs.
"""

from __future__ import annotations

import binascii
import os
import re
from base64 import b64decode
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.runs.sealed import (
    ID,
    NONCE,
    SEALED,
    SealedError,
    UnreadableError,
    name_of,
    told_sealed,
)

KEY = 32
"""Bytes of a key."""
MOST = 64
"""Lines of a secret."""
PLAIN: Final = "plain"
LOST: Final = "lost"
_LEAST_DIFFERENT = 12
"""Different bytes that 32 random ones have, but for one time in 10^13."""
_NAME = re.compile(rf"[0-9a-f]{{{2 * ID}}}")
_BLOCK = 16
_MASK = (1 << 128) - 1
_FIRST = int.from_bytes(b"\0\1X\0" + bytes(12))
_SECOND = int.from_bytes(b"\0\2X\0" + bytes(12))


class Key:
    """One key. Not for several threads at once."""

    __slots__ = ("_first", "_second", "_update", "id")

    def __init__(self, key: bytes) -> None:
        # ECB of single blocks: AES as the function that the subkeys are made with.
        self._update = Cipher(algorithms.AES256(key), modes.ECB()).encryptor().update  # noqa: S305
        made = int.from_bytes(self._update(bytes(_BLOCK)))
        subkey = ((made << 1) & _MASK) ^ (0x87 if made >> 127 else 0)
        self._first, self._second = _FIRST ^ subkey, _SECOND ^ subkey
        self.id = blake2b(key, digest_size=ID, person=b"gateway-key").digest()

    def __repr__(self) -> str:
        return "Key(***)"

    def seal(self, data: bytes, about: bytes, nonce: bytes | None = None) -> bytes:
        """The ciphertext with its tag, behind what opens it."""
        nonce = os.urandom(NONCE) if nonce is None else nonce
        return SEALED + self.id + nonce + self._cipher(nonce).encrypt(nonce[12:], data, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """The data again. Raises InvalidTag."""
        start = len(SEALED) + ID
        nonce, rest = sealed[start : start + NONCE], sealed[start + NONCE :]
        if len(rest) < _BLOCK:
            raise InvalidTag
        return self._cipher(nonce).decrypt(nonce[12:], rest, about)

    def _cipher(self, nonce: bytes) -> AESGCM:
        number = int.from_bytes(nonce[:12])
        blocks = (self._first ^ number).to_bytes(_BLOCK) + (self._second ^ number).to_bytes(_BLOCK)
        return AESGCM(self._update(blocks))


class Keyring:
    """The keys of a secret: the `first` one seals, or none does, and all open. Those that are
    `lost` open nothing any more, and nobody hopes for them.
    """

    def __init__(self, first: Key | None, keys: Mapping[bytes, Key], lost: Collection[bytes]):
        self._first = first
        self._keys = keys
        self._lost = frozenset(lost)

    @property
    def known(self) -> frozenset[bytes]:
        """The ids of keys that open what is sealed with them, or that are known to be lost."""
        return self._lost.union(self._keys)

    def seal(self, data: bytes, about: bytes) -> bytes:
        """What is stored of `data`. It is opened only where it is said to be `about` the same."""
        return data if self._first is None else self._first.seal(data, about)

    def open(self, stored: bytes, about: bytes) -> bytes:
        """The data again. Raises SealedError and UnreadableError."""
        name = name_of(stored)
        if name is None:
            return stored
        key = self._keys.get(name)
        if key is not None:
            try:
                return key.open(stored, about)
            except InvalidTag:
                raise UnreadableError(
                    "the stored request is damaged, or is another hook's"
                ) from None
        if name in self._lost:
            raise UnreadableError(f"{told_sealed(name)}, which is lost")
        raise SealedError(f"{told_sealed(name)}, which --store-key does not have")


def keyring(value: bytes) -> Keyring:
    """The keys that a secret has, one a line, in base64. Raises ValueError with a sentence that has
    no part of the value but the number of a line.

    The first line may be `plain`, with which nothing is sealed; further ones `lost ID`.
    """
    lines = value.decode("ascii", "replace").splitlines()
    if len(lines) > MOST:
        raise ValueError(f"it has {len(lines)} lines; it may have {MOST}")
    plain = lines[0].strip() == PLAIN
    keys: dict[bytes, Key] = {}
    lost: set[bytes] = set()
    for number, line in enumerate(lines[plain:], 1 + plain):
        word, _, rest = line.strip().partition(" ")
        if word == LOST:
            lost.add(_lost(rest.strip(), number))
            continue
        if not word:
            raise ValueError(f"line {number} is empty")
        key = _key(line.strip(), number)
        if key.id in keys:
            raise ValueError(f"line {number} has the key of another line")
        keys[key.id] = key
    if not keys and not plain:
        raise ValueError(f"it has no key; {_REMEDY}")
    if again := lost & keys.keys():
        raise ValueError(f"key {min(again).hex()} is there, and is said to be lost")
    return Keyring(None if plain else next(iter(keys.values())), keys, lost)


_REMEDY = "to make one, run: openssl rand -base64 32"


def _key(line: str, number: int) -> Key:
    try:
        key = b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"line {number} is not a key in base64; {_REMEDY}") from None
    if len(key) != KEY:
        raise ValueError(f"line {number} has {len(key)} bytes in base64, not {KEY}; {_REMEDY}")
    if len(set(key)) < _LEAST_DIFFERENT:
        raise ValueError(f"line {number} is not random; {_REMEDY}")
    return Key(key)


def _lost(name: str, number: int) -> bytes:
    if not _NAME.fullmatch(name):
        raise ValueError(f"line {number} does not name a key by its {2 * ID} hexadecimal digits")
    return bytes.fromhex(name)

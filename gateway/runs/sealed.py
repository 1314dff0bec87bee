"""What of stored data says whether it is sealed, and with which key: all that a store sees."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

SEALED: Final = b"\x02"
"""The first byte of what is sealed: no invocation and no answer begins with it."""
ID: Final = 8
"""Bytes of a key's id, which tells nothing of the key."""
NONCE: Final = 24
PREFIX: Final = len(SEALED) + ID


class UnreadableError(ValueError):
    """What is stored was written by another version of the gateway, is damaged, or is sealed with
    a key that is lost.
    """


class SealedError(UnreadableError):
    """It is sealed with a key that this process does not have, and that another one may have."""


def name_of(stored: bytes) -> bytes | None:
    """The id of the key that sealed it; None for what is not sealed."""
    return stored[1:PREFIX] if stored[:1] == SEALED else None


def told_sealed(name: bytes) -> str:
    """The beginning of a sentence about what cannot be opened."""
    return f"the stored request is encrypted with key {name.hex()}"


def of_request(hook: str) -> bytes:
    """What a sealed request is about. A replayed run has the request of another one, so it is bound
    to the hook that it came for.
    """
    return b"request\0" + hook.encode()


def of_answer(run: str) -> bytes:
    """What a sealed answer is about: the run whose caller it is for."""
    return b"answer\0" + run.encode()


def foreign(newest: bytes | None, known: Collection[bytes] | None) -> str:
    """What is wrong with the keys of a gateway that finds this in its store, as the newest stored
    request; empty where nothing is. `known` are the ids of its keys, None where it has no secret.
    """
    name = None if newest is None else name_of(newest)
    if name is None or (known is not None and name in known):
        return ""
    if known is None:
        return (
            f"the newest stored request is encrypted with key {name.hex()}: set --store-key to the "
            "name of the secret that has it"
        )
    return (
        f"the newest stored request is encrypted with key {name.hex()}, which is not in the secret "
        f"of --store-key: add it as a further line, or, where it is lost, the line "
        f"'lost {name.hex()}'"
    )


class NoKeys:
    """The keys of a gateway that seals nothing."""

    def seal(self, data: bytes, _about: bytes) -> bytes:
        """The data as it is."""
        return data

    def open(self, stored: bytes, _about: bytes) -> bytes:
        """What is stored as it is. Raises SealedError."""
        name = name_of(stored)
        if name is None:
            return stored
        raise SealedError(f"{told_sealed(name)}, and there is no --store-key")


NO_KEYS: Final = NoKeys()

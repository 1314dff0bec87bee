"""Wrong credentials for two doors: each is nearly right at one of them and all wrong at the other.

So both samples come from the same texts and doors, and nothing but how much was right differs.
"""

from __future__ import annotations

import hmac
import random
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jwt

from gateway.compile.check import guard_of
from gateway.errors import Unauthenticated
from tests.compile.guards.callers import Door

TAIL = 8
"""Characters at the end of which some are wrong where the rest is right."""
BODY = b'{"ref":"refs/heads/main"}'
_SECRETS = [{"secret": "known"}]
_USERS = [{"username": "paris", "password": _SECRETS[0]}]
_ISSUED = {"iss": "https://issuer.example", "aud": "gateway", "exp": int(time.time()) + 86_400}

Headers = list[tuple[bytes, bytes]]
Refusal = Callable[[], None]
"""Has one wrong credential refused."""


@dataclass(frozen=True)
class Trial:
    """Two doors: what each of them takes for right, and what it does with a text."""

    rights: Sequence[str]
    doors: Sequence[Callable[[str], Refusal]]

    def draw(self, far: int, chance: random.Random) -> Refusal:
        """A text that is nearly right at one door, brought to that door (0) or to the other (1).

        It is made anew each time, and the same way: where an object lies in memory, and what ran
        before it is timed, decide on some nanoseconds, too.
        """
        side = chance.getrandbits(1)
        text = _nearly(self.rights[side], chance)
        return self.doors[side ^ far](text)


class Kind(NamedTuple):
    """A type of authentication: as it is written, what whoever knows the secret presents, and the
    headers that carry it.
    """

    written: dict[str, Any]
    right: Callable[[str], str]
    headers: Callable[[str], Headers]


def _bearer(text: str) -> Headers:
    return [(b"authorization", f"Bearer {text}".encode())]


def _basic(password: str) -> Headers:
    return [(b"authorization", b"Basic " + b64encode(f"paris:{password}".encode()))]


def _itself(secret: str) -> str:
    return secret


def _mac(secret: str) -> str:
    return hmac.digest(secret.encode(), BODY, "sha256").hex()


def _token(secret: str) -> str:
    return jwt.encode(_ISSUED, secret, "HS256")


KINDS = {
    "bearer token": Kind({"type": "bearer", "tokens": _SECRETS}, _itself, _bearer),
    "API key": Kind(
        {"type": "api-key", "header": "X-Key", "keys": _SECRETS},
        _itself,
        lambda text: [(b"x-key", text.encode())],
    ),
    "Basic password": Kind({"type": "basic", "users": _USERS}, _itself, _basic),
    "GitHub's signature": Kind(
        {"type": "signature", "scheme": "github", "secrets": _SECRETS},
        _mac,
        lambda text: [(b"x-hub-signature-256", f"sha256={text}".encode())],
    ),
    "signed token (JWT)": Kind(
        {
            "type": "jwt",
            "issuer": _ISSUED["iss"],
            "audience": _ISSUED["aud"],
            "algorithms": ["HS256"],
            "secrets": _SECRETS,
        },
        _token,
        _bearer,
    ),
}


def trials(workdir: Path, chance: random.Random, pairs: int) -> Iterator[tuple[str, list[Trial]]]:
    """For each kind of credential, trials with so many pairs of secrets; last the control: a
    comparison that stops at the first difference, which the test has to see.
    """
    for what, kind in KINDS.items():
        places = (workdir / what.replace(" ", "-") / str(number) for number in range(pairs))
        yield what, [_trial(place, kind, chance) for place in places]
    yield "a comparison that stops early", [_control(chance) for _ in range(pairs)]


def _trial(place: Path, kind: Kind, chance: random.Random) -> Trial:
    secrets = _two_secrets(chance)
    doors = [
        partial(_knock, kind, _door(place / str(side), kind, secret))
        for side, secret in enumerate(secrets)
    ]
    return Trial([kind.right(secret) for secret in secrets], doors)


def _control(chance: random.Random) -> Trial:
    texts = _two_secrets(chance)
    return Trial(texts, [partial(_stopping, text) for text in texts])


def _two_secrets(chance: random.Random) -> list[str]:
    return [f"{first}{chance.getrandbits(252):063x}" for first in "3c"]


def _door(directory: Path, kind: Kind, secret: str) -> Door:
    directory.mkdir(parents=True)
    return Door(directory, kind.written, {"known": secret}, BODY)


def _nearly(right: str, chance: random.Random) -> str:
    """A text of the same length and letters that differs in the tail; the very last letter stays,
    as base64 leaves some of its bits unused.
    """
    letters = right[: TAIL * 4].replace(".", "")
    tail = right[-TAIL:-1]
    while tail == right[-TAIL:-1]:
        tail = "".join(chance.choices(letters, k=TAIL - 1))
    return right[:-TAIL] + tail + right[-1]


def _knock(kind: Kind, door: Door, text: str) -> Refusal:
    guard: Any = guard_of(door.guarding.checks)
    connection = door.connection(kind.headers(text))

    def refusal() -> None:
        try:
            guard(connection, None).send(None)
        except Unauthenticated:
            return
        raise AssertionError("a wrong credential was not refused")

    return refusal


def _stopping(right: str, text: str) -> Refusal:
    def refusal() -> None:
        for one, other in zip(text, right, strict=True):
            if one != other:
                return

    return refusal

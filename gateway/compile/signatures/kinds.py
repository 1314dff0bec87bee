"""The kinds of signature that one header may carry, and keys made ready for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET

from gateway.compile.signatures.algorithms import ALGORITHMS
from gateway.compile.signatures.encodings import DECODERS, ENCODERS
from gateway.compile.signatures.outcomes import BadSecret, CannotSign
from gateway.language.spec.scheme import Variant


class Key:
    """A secret made ready for the kinds of signature that it fits. It cannot be printed."""

    __slots__ = ("fits",)

    def __init__(self, fits: tuple[tuple[int, Any], ...]) -> None:
        self.fits = fits

    def __repr__(self) -> str:
        return "Key(***)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not serialised")


class Kind:
    """One kind of signature. `mark` stands before it: a prefix, or a pair's name and `=`."""

    __slots__ = ("_decode", "_encode", "algorithm", "mark")

    def __init__(self, variant: Variant) -> None:
        pair = "" if variant.pair is UNSET else f"{variant.pair}="
        self.mark = (pair if variant.prefix is UNSET else variant.prefix).encode()
        self.algorithm = ALGORITHMS[variant.algorithm](variant)
        self._decode = DECODERS[variant.encoding]
        self._encode = ENCODERS[variant.encoding]

    def candidates(self, items: Sequence[bytes]) -> list[bytes]:
        """The items that can be signatures of this kind, decoded; others are passed over."""
        texts = [item[len(self.mark) :] for item in items if item.startswith(self.mark)]
        values = [self._decode(text) for text in texts]
        return [v for v in values if v is not None and len(v) in self.algorithm.sizes]

    def write(self, value: bytes) -> bytes:
        """A signature as the sender writes it."""
        return self.mark + self._encode(value)


class SigningKey:
    """A secret made ready to sign. It cannot be printed."""

    __slots__ = ("_key", "_kind")

    def __init__(self, kind: Kind, key: Any) -> None:
        self._kind = kind
        self._key = key

    def sign(self, message: bytes) -> bytes:
        """A signature as the sender writes it."""
        return self._kind.write(self._kind.algorithm.sign(self._key, message))

    def __repr__(self) -> str:
        return "SigningKey(***)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not serialised")


def prepare(kinds: Sequence[Kind], secret: bytes) -> Key:
    """The key for every kind that the secret fits. Raises BadSecret when it fits none.

    A public key is never a shared secret as well: whoever knew it could sign.
    """
    if not secret:
        raise BadSecret("the secret is empty")
    reasons: dict[int, BadSecret] = {}
    for public in (True, False):
        fits = tuple(_fitting(kinds, public, secret, reasons))
        if fits:
            return Key(fits)
    raise reasons[_nearest(kinds, secret)]


def _fitting(
    kinds: Sequence[Kind], public: bool, secret: bytes, reasons: dict[int, BadSecret]
) -> Iterator[tuple[int, Any]]:
    for index, kind in enumerate(kinds):
        if kind.algorithm.public is not public:
            continue
        try:
            yield index, kind.algorithm.prepare(secret)
        except BadSecret as reason:
            reasons[index] = reason


def _nearest(kinds: Sequence[Kind], secret: bytes) -> int:
    """The kind whose reason helps: a secret that says what it is was meant for that kind."""
    public = [index for index, kind in enumerate(kinds) if kind.algorithm.public]
    return public[0] if public and secret.startswith((b"whpk_", b"-----BEGIN ")) else 0


def signing_key(kinds: Sequence[Kind], secret: bytes) -> SigningKey:
    """The key of a secret, for the first kind of signature that it can make.

    Raises CannotSign for a key that only verifies, BadSecret for one that fits no kind.
    """
    if not secret:
        raise BadSecret("the secret is empty")
    reasons: list[ValueError] = []
    for kind in kinds:
        try:
            return SigningKey(kind, kind.algorithm.signing_key(secret))
        except (BadSecret, CannotSign) as reason:
            reasons.append(reason)
    raise reasons[_nearest(kinds, secret)]

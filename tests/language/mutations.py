"""Inputs that nobody would write, made from those that somebody did."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

TOKENS = (
    *(b"[", b"]", b"{", b"}", b": ", b":", b"- ", b"? ", b", ", b"#", b"&a ", b"*a", b"<<: *a"),
    *(b"!!str ", b"!x ", b"!", b"|", b">", b"|2-\n", b"'", b'"', b"\\", b"\\x00", b'"\\ud800"'),
    *(b"\n", b"\r", b"\r\n", b"\t", b"\x00", b"\x1b", b"\x7f", b"\xff", b"\xc3", b"\xc2\x85"),
    *(
        b"\xe2\x80\xa8",
        b"\xef\xbb\xbf",
        b"\xf0\x9f\x98\x80",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n---\n",
    ),
    *(b"%TAG ! tag:x\n", b"%", b"@", b"`", b"~", b"null", b"true", b"no", b"0755", b".nan"),
    *(
        b"-.inf",
        b"1e999",
        b"9" * 40,
        b"0x" + b"f" * 40,
        b"1:30",
        b"{}",
        b"[]",
        b"in",
        b"eq: ",
        b"any",
    ),
    *(b"  ", b"    ", b"name: ", b"match:\n  body:\n    a: ", b"type: bearer", b"secret: a"),
)


def mutated(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` inputs, each a seed with one to six mutations; the same ones for the same `seed`."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    for _ in range(count):
        data = chance.choice(seeds)
        for _ in range(chance.randint(1, 6)):
            data = _mutate(data, seeds, chance)
        yield data


def _mutate(data: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    end = min(len(data), at + chance.randint(1, 24))
    match chance.randint(0, 7):
        case 0:
            return data[:at] + data[end:]
        case 1:
            return data[:at] + data[at:end] * chance.randint(2, 4) + data[end:]
        case 2:
            return data[:at]
        case 3:
            return data[:at] + bytes([chance.randint(0, 255)]) + data[at + 1 :]
        case 4:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            return data[:at] + other[start : start + chance.randint(1, 60)] + data[end:]
        case _:
            return data[:at] + chance.choice(TOKENS) + data[at:]

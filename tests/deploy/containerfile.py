"""The Containerfile, taken apart."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Instruction(NamedTuple):
    """One instruction: its name in capitals, and the rest with its continuation lines joined."""

    name: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Containerfile, in order."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    split = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [Instruction(name.upper(), " ".join(rest.split())) for name, rest in split]


def stages(found: list[Instruction]) -> list[list[Instruction]]:
    """The instructions before the first FROM, then those of each stage, its FROM first."""
    parts: list[list[Instruction]] = [[]]
    for instruction in found:
        if instruction.name == "FROM":
            parts.append([])
        parts[-1].append(instruction)
    return parts


def all_of(stage: list[Instruction], name: str) -> list[str]:
    """What the instructions of a name say."""
    return [instruction.rest for instruction in stage if instruction.name == name]


def the(stage: list[Instruction], name: str) -> str:
    """What the only instruction of a name says."""
    (found,) = all_of(stage, name)
    return found


def pairs(stage: list[Instruction], name: str) -> dict[str, str]:
    """The `key=value` pairs of all ENV, ARG or LABEL instructions."""
    words = [word for rest in all_of(stage, name) for word in shlex.split(rest)]
    return dict(word.split("=", 1) for word in words if "=" in word)


def exec_form(rest: str) -> list[str]:
    """The command of an instruction that names a program and its arguments, without a shell."""
    found = re.search(r"\[.*\]", rest)
    assert found, f"{rest} is run by a shell"
    command: list[str] = json.loads(found[0])
    return command

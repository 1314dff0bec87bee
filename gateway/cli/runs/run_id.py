"""The id of a run as an argument."""

from __future__ import annotations

import re
from typing import Any

import click

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class RunId(click.ParamType[str]):
    """A UUID, as the log and the answers to callers have it."""

    name = "run"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value).lower()
        if not _ID.fullmatch(text):
            example = "0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41"
            self.fail(f"{value!r} is not the id of a run such as {example}", param, ctx)
        return text


RUN = RunId()

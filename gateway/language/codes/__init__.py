"""Every code that a diagnostic can carry: how bad it is, and what it means."""

from __future__ import annotations

from gateway.language.codes.code import Code
from gateway.language.codes.lint import LINT
from gateway.language.codes.schema import SCHEMA
from gateway.language.codes.yaml import YAML

CODES: dict[str, Code] = {code.name: code for code in (*YAML, *SCHEMA, *LINT)}

__all__ = ["CODES", "Code"]

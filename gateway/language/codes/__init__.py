"""Every code that a diagnostic can carry: how bad it is, and what it means."""

from __future__ import annotations

from gateway.language.codes.access import ACCESS
from gateway.language.codes.code import Code
from gateway.language.codes.delivery import DELIVERY
from gateway.language.codes.routes import ROUTES
from gateway.language.codes.rules import RULES
from gateway.language.codes.schema import SCHEMA
from gateway.language.codes.templates import TEMPLATES
from gateway.language.codes.workflows import WORKFLOWS
from gateway.language.codes.yaml import YAML

FAMILIES: dict[str, tuple[Code, ...]] = {
    "The file": YAML,
    "Keys and values": SCHEMA,
    "Names and paths": ROUTES,
    "Who may call": ACCESS,
    "Rules": RULES,
    "The workflow and the answer": WORKFLOWS,
    "Templates": TEMPLATES,
    "Durable delivery": DELIVERY,
}
"""Title of a family → its codes, in the order of the documentation."""

CODES: dict[str, Code] = {code.name: code for codes in FAMILIES.values() for code in codes}

__all__ = ["CODES", "FAMILIES", "Code"]

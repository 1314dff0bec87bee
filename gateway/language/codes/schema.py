"""What stands in a hook, against the JSON Schema."""

from __future__ import annotations

from gateway.language.codes.code import Code

SCHEMA = (
    Code(
        "invalid-value",
        "error",
        "A value that cannot stand here",
        "The value has the right type and breaks a rule that no other code speaks of.",
    ),
)

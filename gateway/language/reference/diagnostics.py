"""`docs/diagnostics.md`: every code that a check can report."""

from __future__ import annotations

from gateway.language.codes import FAMILIES, Code

_INTRODUCTION = """\
# Diagnostics

Written by `gateway schema --diagnostics`; do not edit.

`gateway validate` reports every mistake of every file in one go. Each finding has a place, a
severity, a code that stays the same across versions, a sentence, and where it is known what to do:

```
hooks.d/orders.yaml:7:3: error[unknown-key]: 'metod' is not a key of a hook
   7 | metod: POST
     | ^^^^^ did you mean 'method'?
```

A hook with an error is not served; its path answers 503 until it is mended, or goes on with the
version that last was good. A hook with warnings is served; `gateway validate --strict` fails on
them. A broken hook never keeps another from being served.
"""


def diagnostics_page() -> str:
    """The page, a section a code."""
    parts = [_INTRODUCTION]
    for title, codes in FAMILIES.items():
        parts.append(f"## {title}\n")
        parts += [_section(code) for code in codes]
    return "\n".join(parts)


def _section(code: Code) -> str:
    return f"### `{code.name}`\n\n**{code.title}** ({code.severity}). {code.text}\n"

"""`docs/diagnostics.md`: every code that a check can report."""

from __future__ import annotations

from gateway.language.codes import FAMILIES, Code

_INTRODUCTION = """\
# Diagnostics

Written by `gateway schema --diagnostics`; do not edit.

`gateway validate` reports all mistakes of all files in one run. Each finding has a place, a
severity, a stable code, a sentence, and often a hint:

```
hooks.d/orders.yaml:7:3: error[unknown-key]: 'metod' is not a key of a hook
   7 | metod: POST
     | ^^^^^ did you mean 'method'?
```

If a hook has an error, its last good version stays in service; without one, its path answers 503. A
hook with warnings is in service; `gateway validate --strict` fails on warnings. A broken hook does
not affect other hooks.
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

"""What the reference says before its tables."""

INTRODUCTION = """\
# The hook language

Written by `gateway schema --reference` from the JSON Schema; do not edit.

One YAML document is one hook; a file may hold several, separated by `---`. Every `*.yaml` and
`*.yml` below the hooks directory is read, sub-folders too; names that begin with `.` or `_` are
not. `gateway validate` checks hooks as the server does, and [Diagnostics](diagnostics.md) explains
what it reports.

An editor with yaml-language-server completes and explains every key of a file that begins with

```yaml
# yaml-language-server: $schema=../schemas/hook.schema.json
```

## YAML

Files are UTF-8, at most 1 MiB, and read as YAML 1.2 has it:

| written | is |
|---|---|
| `no`, `on`, `12:30`, `2026-01-01` | text |
| `0755`, `00420` | text: digits after a leading zero are no number |
| `true`, `false` | true or false |
| `null`, `~`, nothing | null |
| `42`, `-7`, `0x1F`, `0o17`, `1.5`, `1e3` | numbers, integers from -2^63 to 2^64-1 |

Unknown keys, keys written twice, keys that are not text, anchors, aliases, merge keys and tags are
errors: what a hook does is read in one place.

## How rules are applied

All conditions of `match` must hold. A condition is an intended value, which means equality, or
operators, all of which must hold. A key of `body` is a dotted path into the decoded body, or a JSON
Pointer when it begins with `/`; a segment of digits is an index where it meets an array.

- JSON values are compared by type: `1` equals `1.0`, not `"1"`, not `true`. Text is compared by
  code points.
- Fields of forms, query parameters and headers are text, and are compared with the text of the
  intended value.
- A missing value satisfies only `exists: false`, `ne`, `not_in` and `none`. It is never equal to
  null.
- A rule that cannot be applied to a request refuses it.

## Contents
"""

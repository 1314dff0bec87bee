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
| `42`, `-7`, `0x1F`, `0o17`, `1.5`, `1e3` | exact numbers, integers from -2^63 to 2^64-1 |

Unknown keys, keys written twice, keys that are not text, anchors, aliases, merge keys and tags are
errors: what a hook does is read in one place.

## How rules are applied

All conditions of `match` must hold. A condition is an intended value, which means equality, or
operators, all of which must hold. A key of `body` is a dotted path into the decoded body, or a JSON
Pointer when it begins with `/`; a segment of digits is an index where it meets an array.

- JSON values are compared by type: `1` equals `1.0`, not `"1"`, not `true`. Numbers are decimals
  and are compared exactly. Text is compared by code points.
- Fields of forms, query parameters and headers are text, and are compared with the text of the
  intended value as it is written: `1.10` is not `1.1`, `1e3` is not `1000`, `True` is not `true`.
- A missing value satisfies only `exists: false`, `ne`, `not_in` and `none`. It is never equal to
  null.
- What cannot be judged refuses the request, also under `ne`, `not_in`, `none` and `exists: false`:
  a value of another type than the intended one (null aside), a path that leads through a text or
  a number, a parameter or header that is repeated where one is meant, a rule on the body of a GET.
- A form or a query is refused whose names other programs could read as a parameter of a rule:
  `order[type]` where a rule is about `order.type`, `mode[]` where it is about `mode`.

Bodies that rules can read are JSON (`application/json` and `+json`), forms
(`application/x-www-form-urlencoded`), `multipart/form-data` (its fields; a file is there and has no
text), and none at all. Another type is answered 415 where a rule or the workflow's format needs the
body, and passed on untouched where none does. JSON is read strictly: keys that stand there twice,
NaN, more than 64 levels and invalid UTF-8 are answered 400.

## How the workflow is called

It receives what was received: the body of the request with its type, or for GET and DELETE the
parameters of the query as a JSON object. JSON arrives as the bytes that were sent, for what the
rules read has one meaning for every program; forms are written anew in their own type, files
untouched. Where `body` adds members, or `format` asks for another type, what is sent is made of the
values that the rules saw, with every digit of their numbers, and those of the hook as they are
written. A workflow that is called by GET or
DELETE receives the values as parameters of its query. What the hook writes (`url`, `query`, `body`)
wins over parameters of the same name, and over names such as `tenant[]` that other programs read as
`tenant`. Path parameters arrive as headers, `{city}` as `X-Path-City`, percent-encoded.

Every invocation carries `Idempotency-Key` (the id of the run, the same in every attempt),
`X-Request-Id`, `traceparent` and `User-Agent: webhook-gateway/…`. No header of the caller is handed
on but those of `forward_headers`. Redirects are not followed, and of an answer 1 MiB is read.

## What callers see

| status | when |
|---|---|
| 200, or `response.status` | the workflow answered 2xx |
| 200 | `otherwise: ignore`, and the request does not match: `{"status":"ignored",…}` |
| 400 | the request, its JSON, its form or its path is malformed |
| 401 | credentials are missing or wrong |
| 403 | the caller's address is not in `allow_from` |
| 404, 405 | no enabled hook has the path; none of them takes the method (`Allow` says which) |
| 408, 413, 415 | the body is late, too large, or of a type that the rules cannot read |
| 422 | the request does not match; the answer names the first rule that fails |
| 429, 503 | over a limit; overloaded or out of service (`Retry-After` says when to come back) |
| 502, 504 | the workflow failed; it did not answer in time |

Refusals are `application/problem+json` (RFC 9457) with the request's id as `instance`. With
`response: status`, and whenever the workflow failed, the answer is a report:

```json
{"status": "succeeded", "hook": "paris-orders", "run": "0193…",
 "workflow": {"status_code": 200, "duration_ms": 12.4}}
```

A failed one has `"status": "failed"` and a `reason`; what the workflow answered is never in it.

HEAD checks what GET would check; nothing runs. Where the checks of a hook that takes GET pass, the
answer is 200 without a body.

## Contents
"""

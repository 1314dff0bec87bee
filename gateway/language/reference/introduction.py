"""What the reference says before its tables."""

INTRODUCTION = """\
# The hook language

Written by `gateway schema --reference` from the JSON Schema; do not edit.

One YAML document is one hook. A file may contain several hooks, separated by `---`. The gateway
reads every `*.yaml` and `*.yml` below the hooks directory, also in sub-folders, and skips names
that start with `.` or `_`. `gateway validate` checks hooks as the server does.
[Diagnostics](diagnostics.md) explains its findings.

An editor with yaml-language-server completes and explains every key of a file that starts with

```yaml
# yaml-language-server: $schema=../schemas/hook.schema.json
```

## YAML

Files are UTF-8 with at most 1 MiB. The gateway reads them as YAML 1.2:

| written | meaning |
|---|---|
| `no`, `on`, `12:30`, `2026-01-01` | text |
| `0755`, `00420` | text: digits after a leading zero are not a number |
| `true`, `false` | true or false |
| `null`, `~`, nothing | null |
| `42`, `-7`, `0x1F`, `0o17`, `1.5`, `1e3` | exact numbers, integers from -2^63 to 2^64-1 |

Unknown keys, duplicate keys, keys that are not text, anchors, aliases, merge keys and tags are
errors, so everything about a hook is in one place.

## How rules are applied

All conditions of `match` must hold. A condition is an expected value, which must be equal, or a
mapping of operators, all of which must hold. A key of `body` is a dotted path into the decoded
body, or a JSON Pointer if it starts with `/`. In an array, a segment of digits is an index.

- JSON values are compared by type: `1` equals `1.0`, but not `"1"` or `true`. Numbers are decimals
  and are compared exactly. Text is compared by code points.
- Fields of forms, query parameters and headers are text, and are compared with the text of the
  expected value as it is written: `1.10` is not `1.1`, `1e3` is not `1000`, `True` is not `true`.
- A missing value satisfies only `exists: false`, `ne`, `not_in` and `none`. It does not equal null.
- The gateway refuses a request if it cannot decide a condition, also for `ne`, `not_in`, `none` and
  `exists: false`: a value of a type other than the expected one (except null), a path that leads
  through a text or a number, a repeated parameter or header, a rule on the body of a GET.
- `any` holds if one of its rules holds, `all` if all of them hold. Rules may contain `any`, `all`
  and `not`, up to 8 levels. Right below a parameter, `any` and `all` are about the elements of an
  array.
- `not` holds if its rule is known not to hold, never if that cannot be decided. `eq`, `ne`, `in`,
  `not_in`, `exists` and `none` can be decided for a missing value; every other operator needs a
  value of its kind. `not: {body: {total: {gt: 100}}}` refuses a request without `total`, or with
  text in it, like `total: {lte: 100}`. A header that is repeated satisfies no denial of its value.
- Expected values and operands, except those of `pattern`, `exists` and `length`, may contain
  [templates](templates.md#rules-that-compare-with-the-request):
  `ref: refs/heads/${body.repository.default_branch}`. If the request does not have the value, the
  condition cannot be decided. `$${` stands for the two characters.
- `length` counts the elements of an array, the members of an object, or the code points of text.
- The gateway refuses a form or a query with names that other programs could read as the parameter
  of a rule: `order[type]` if a rule is about `order.type`, `mode[]` if it is about `mode`. It
  refuses JSON with such members if the workflow gets it as a form or as a query.
- Spaces and tabs around the value of a header are not part of it.

Rules can read JSON (`application/json` and `+json`), forms (`application/x-www-form-urlencoded`),
`multipart/form-data` (its fields; a file exists but has no text), and empty bodies. If a rule or
the workflow's format needs a body of another type, the gateway answers 415; otherwise it passes the
body on unchanged. The gateway reads JSON strictly: it answers 400 to duplicate keys, NaN, numbers
out of range, more than 64 levels, invalid UTF-8 and escapes of half a surrogate pair.

## How the workflow is called

The workflow receives the body of the request with its type. For GET and DELETE requests, it
receives the parameters of the query as a JSON object. JSON arrives as the bytes that were sent,
because strict reading leaves only one meaning. The gateway encodes forms again in their own type
and does not change files. If `body` adds members, or `format` sets another type, the gateway
encodes the values that the rules read, with every digit of their numbers, and the hook's own
numbers as they are written. A workflow that is called with GET or DELETE receives the values as
query parameters. Values of the hook (`url`, `query`, `body`) override request parameters of the
same name, and of names such as `tenant[]` that other programs read as `tenant`. Path parameters
arrive as percent-encoded headers: `{city}` as `X-Path-City`.

[Templates](templates.md) such as `${body.order.id}` in `url`, `headers`, `query` and `body` fill in
values of the request. `data` is a value with templates that replaces what the workflow receives.

Every invocation has the headers `Idempotency-Key` (the id of the run, the same in every attempt),
`X-Request-Id`, `traceparent` and `User-Agent: webhook-gateway/…`. The gateway forwards only the
request headers in `forward_headers`. It does not follow redirects, and reads at most 1 MiB of an
answer.

## What callers see

| status | when |
|---|---|
| 200, or `response.status` | the workflow answered 2xx |
| 200 | `otherwise: ignore`, and the request does not match: `{"status":"ignored",…}` |
| 400 | the request, its JSON, its form or its path is malformed |
| 401 | credentials are missing or wrong |
| 403 | the caller's address is not in `allow_from`, or a page's origin is not in `cors` |
| 404, 405 | no enabled hook has the path; no hook has the method (`Allow` lists the methods) |
| 408, 413, 415 | the body is late, too large, or of a type that the rules cannot read |
| 422 | the request does not match; the answer names the first rule that fails |
| 422 | the request has no value for a template; the answer names the input |
| 429, 503 | over a limit; overloaded or out of service (`Retry-After` says when to retry) |
| 303 | `response.status` is 303: a redirect after the workflow answered 2xx |
| 502, 504 | the workflow failed; it did not answer in time. `failures` may have another answer |

Refusals are `application/problem+json` (RFC 9457) with the request's id as `instance`. With
`response: status`, and if the workflow failed, the answer is a report:

```json
{"status": "succeeded", "hook": "paris-orders", "run": "0193…",
 "workflow": {"status_code": 200, "duration_ms": 12.4}}
```

The report of a failed workflow has `"status": "failed"` and a `reason`. It never contains the
workflow's answer. [Answers](answers.md) shows answers of the hook's own.

For HEAD, the gateway runs the checks of GET and does not call the workflow. If the checks pass, the
answer is 200 without a body.

## Contents
"""

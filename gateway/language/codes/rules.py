"""Rules: what a schema cannot check."""

from __future__ import annotations

from gateway.language.codes.code import Code

RULES = (
    Code(
        "body-without-body",
        "error",
        "A rule about a body that requests do not have",
        "GET and DELETE requests have their parameters in the query. The rule could never hold, "
        "and the gateway would refuse every request.",
    ),
    Code(
        "bad-path",
        "error",
        "An invalid path into a body",
        "A dotted path such as `order.total` has a name on both sides of every dot. A path that "
        "begins with `/` is a JSON Pointer (RFC 6901), in which `~0` stands for `~` and `~1` for "
        "`/`.",
    ),
    Code(
        "dotted-key",
        "warning",
        "A dotted path that looks like a key with dots in it",
        "In `app.kubernetes.io/name`, every dot leads one object deeper, so the parameter is "
        "missing in every body. For a key with dots, write a JSON Pointer, which begins with "
        "`/`: `/metadata/labels/app.kubernetes.io~1name`, with `~1` for a `/` in a key.",
    ),
    Code(
        "bad-pattern",
        "error",
        "A pattern that RE2 does not accept",
        "Patterns are RE2 expressions, which match in linear time. RE2 has no look-arounds and "
        "no back-references, and a pattern may need at most 1 MiB of memory.",
    ),
    Code(
        "contradiction",
        "error",
        "Operators that can never hold together",
        "All operators of a condition must hold. These operators exclude each other, so the "
        "gateway would refuse every request. A bound that is a number and a bound that is text "
        "exclude each other in JSON, and are hardly intended in a form.",
    ),
    Code(
        "unreachable",
        "warning",
        "An operator or a value without effect",
        "Another operator already implies or excludes it. Either it is left over, or one of the "
        "two is wrong.",
    ),
    Code(
        "unquoted-scalar",
        "warning",
        "A value without quotes whose spelling counts",
        "Query parameters, headers and the fields of forms are text, and are compared with the "
        "text that stands in the file: `version: 1.10` holds for `1.10` and not for `1.1`, `1e3` "
        "not for `1000`, `True` not for `true`. JSON has the value, however it is spelled. Quotes "
        "say that text is meant, which a JSON body then has to hold as well.",
    ),
    Code(
        "duplicate-header",
        "error",
        "A header is named twice",
        "Names of headers are case-insensitive: `X-Event` and `x-event` are the same header.",
    ),
)

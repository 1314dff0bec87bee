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
        "bad-receive",
        "error",
        "A way to read the body that can never work",
        "The keys of `receive` must fit each other and the hook: a field belongs to a form, JSON "
        "in a text needs a path to that text, a body that is read as text has no parameters for "
        "rules or for the workflow, and GET requests have no body.",
    ),
    Code(
        "bad-path",
        "error",
        "An invalid path into a body",
        "A dotted path such as `order.total` needs a name on both sides of every dot. A path "
        "that starts with `/` is a JSON Pointer (RFC 6901), in which `~0` means `~` and `~1` "
        "means `/`.",
    ),
    Code(
        "dotted-key",
        "warning",
        "A dotted path that is probably meant as another one",
        "In `app.kubernetes.io/name`, every dot leads one object deeper, so the parameter is "
        "missing in every body. For a key with dots, write a JSON Pointer, which starts with "
        "`/`: `/metadata/labels/app.kubernetes.io~1name`, with `~1` for a `/` in a key. In "
        "`items[0].sku`, the brackets are a part of a name. For the first element of an array, "
        "write `items.0.sku`; for such a name, a JSON Pointer.",
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
        "Operators or rules that can never hold together",
        "All operators of a condition must hold, and all conditions beside each other. These "
        "exclude each other, so the gateway would refuse every request. A number and a text as "
        "bounds exclude each other in JSON, and are probably a mistake in a form.",
    ),
    Code(
        "unreachable",
        "warning",
        "An operator, a value or an alternative without effect",
        "Another operator or rule already implies or excludes it. Remove it, or correct one of "
        "the two.",
    ),
    Code(
        "never-judged",
        "warning",
        "A `not` that does not hold if a value is missing",
        "`not` holds only if the gateway can decide that its rule does not hold. Operators such as "
        "`gt`, `prefix` and `any` need a value of their kind: `not: {body: {amount: {gt: 1000}}}` "
        "refuses a request without `amount`, and one in which it is text. If you mean such "
        "requests too, write alternatives: `any: [{not: {body: {amount: {gt: 1000}}}}, {body: "
        "{amount: {exists: false}}}]`.",
    ),
    Code(
        "unquoted-scalar",
        "warning",
        "An unquoted value whose spelling matters",
        "Query parameters, headers and form fields are text. The gateway compares them with the "
        "text in the file: `version: 1.10` accepts `1.10` and not `1.1`, `1e3` does not accept "
        "`1000`, and `True` does not accept `true`. In JSON, the gateway compares the value, and "
        "its spelling does not matter. A value in quotes is text, so a JSON body must contain "
        "text as well.",
    ),
    Code(
        "literal-wildcard",
        "warning",
        "Text that looks like a pattern and stands for itself",
        "`ref: refs/heads/*` accepts only the text `refs/heads/*`, and `path: /orders/:id` only "
        "the path `/orders/:id`. Write `{prefix: refs/heads/}`, `{suffix: .example.com}`, "
        "`{pattern: …}` or the path parameter `{id}`. If you mean the text itself, write "
        "`{eq: 'refs/heads/*'}`.",
    ),
    Code(
        "duplicate-header",
        "error",
        "A header is named twice",
        "Names of headers are case-insensitive: `X-Event` and `x-event` are the same header. A "
        "header that a template in `workflow.headers` sets is not forwarded as well, also where "
        "the template leaves it out.",
    ),
)

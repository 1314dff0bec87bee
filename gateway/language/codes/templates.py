"""Templates: what they read, where they stand, what they give."""

from __future__ import annotations

from gateway.language.codes.code import Code

TEMPLATES = (
    Code(
        "bad-template",
        "error",
        "A template that cannot be read",
        "`${` begins a template, which ends with `}` and reads an input such as "
        "`${body.order.total}`. Write `$${` for the two characters. In YAML, ` #` begins a "
        "comment: write a template that contains it in double quotes. The page on templates has "
        "the grammar, the inputs and the filters.",
    ),
    Code(
        "unknown-input",
        "error",
        "A template or a rule reads an input that does not exist",
        "A template can read `body`, `query`, `headers`, `path`, `sender`, `request`, `hook` and "
        "`run`, in answers also `workflow`, and in answers to failures `failure`. Path parameters "
        "are those of the hook's `path`. What `sender` has depends on the hook's `authentication`: "
        "the claims of a token, the user of Basic authentication, the id and the time of a signed "
        "message.",
    ),
    Code(
        "secret-in-template",
        "error",
        "A template reads a secret",
        "Templates cannot read secrets, the environment or files. Credentials for the workflow "
        "are references under `workflow.authentication`.",
    ),
    Code(
        "template-in-host",
        "error",
        "A template in the scheme, host or port of a URL",
        "The caller would choose where the data goes. A template can fill in only the path and "
        "the query.",
    ),
    Code(
        "template-in-key",
        "error",
        "A template in a key",
        "Only values are filled in. Members, headers and parameters have fixed names.",
    ),
    Code(
        "template-not-here",
        "error",
        "A template in a place that is not filled in",
        "Templates are filled in in the `url`, `headers`, `query`, `body` and `data` of "
        "`workflow`, in the `headers` and `body` of answers, in expected values and operands of "
        "`match` except `pattern`, and in `by` of `deduplicate` and `delivery.order`. Everything "
        "else of a hook is the same for every request.",
    ),
    Code(
        "workflow-not-called",
        "error",
        "A template reads the workflow's answer too early",
        "The request to the workflow is made before there is an answer. `workflow` can be read "
        "in `response`.",
    ),
    Code(
        "optional-in-text",
        "error",
        "A part of a text cannot be left out",
        "A `?` at the end of a template leaves out a whole member, header or parameter. For a "
        "part of a text write a default, which may be empty: `${body.note ?? ''}`.",
    ),
    Code(
        "wrong-kind",
        "error",
        "A value of a kind that never fits",
        "Headers, query parameters and path parameters are text, and filters take and give "
        "certain kinds. The kind of a value in the body is known where `match` asks for it. "
        "Text, URLs and headers need text, a number, true or false: write `| json` or "
        "`| join(', ')` for other values.",
    ),
    Code(
        "never-there",
        "error",
        "A template reads a value that is never there",
        "`match` refuses requests that have the value, and the template refuses those that lack "
        "it. The gateway would refuse every request. An answer to `timeout` or `unreachable` "
        "cannot read what the workflow has answered. A key of a run would never exist.",
    ),
    Code(
        "foreign-template",
        "warning",
        "A template as another language writes it",
        "`{{ body.id }}` and `{{ $json.id }}` are text here, and are sent or compared as they are "
        "written. Write `${body.id}`. If you mean the text itself, for example because the "
        "workflow fills it in, write `${'{{'} body.id }}`.",
    ),
    Code(
        "needless-default",
        "warning",
        "A default that is never used",
        "`match` accepts only requests in which the value has a kind other than null, so neither "
        "`??` nor `?` has an effect.",
    ),
)

"""The workflow and the answer: what a schema cannot check."""

from __future__ import annotations

from gateway.language.codes.code import Code

WORKFLOWS = (
    Code(
        "bad-url",
        "error",
        "A URL that cannot be called",
        "The host must be a name or an address, and the port a number between 1 and 65535. A URL "
        "must be ASCII without spaces, and must not have a fragment (`#…`).",
    ),
    Code(
        "bad-timeout",
        "error",
        "A deadline that cannot be kept",
        "`timeout` is the deadline of the whole invocation, while the caller waits. It must be "
        "more than zero and at most five minutes.",
    ),
    Code(
        "reserved-header",
        "error",
        "A header that cannot be set here",
        "Headers of the connection (`Host`, `Content-Length`, `Transfer-Encoding` and others) "
        "belong to the protocol. The gateway sets `Idempotency-Key`, `X-Request-Id`, "
        "`traceparent` and `Content-Type`, and the headers of `workflow.authentication`. In an "
        "answer, `Content-Type` and `Content-Encoding` are the workflow's.",
    ),
    Code(
        "overridden-header",
        "warning",
        "A header that the caller can override",
        "`workflow.headers` sets the header, and `forward_headers` names it, too. The workflow "
        "receives the value in `headers` only if the request does not have the header.",
    ),
    Code(
        "tls-without-https",
        "error",
        "A client certificate for a workflow that is called without TLS",
        "`workflow.tls` is the certificate that the gateway sends to a server that requests one, "
        "which requires https.",
    ),
    Code(
        "unsigned-data",
        "warning",
        "A signature that does not cover the data for the workflow",
        "A workflow that is called with GET or DELETE receives the data in the query. A scheme "
        "without {url} does not sign the query, so anyone who sees an invocation can change it.",
    ),
    Code(
        "format-without-body",
        "error",
        "An encoding for a body that is not sent",
        "A workflow that is called with GET or DELETE receives the data as query parameters.",
    ),
    Code(
        "raw-with-body",
        "error",
        "Members for a body that is sent unchanged",
        "`format: raw` sends the bytes unchanged, so nothing can be merged into them, and `data` "
        "cannot replace them.",
    ),
    Code(
        "missing-value",
        "error",
        "Data without a value",
        "`data` is what the workflow receives, `body` of `response` what the caller receives. With "
        "nothing after the `:` it would be null. `format: text` sends the text of `data`.",
    ),
    Code(
        "raw-with-rule",
        "warning",
        "The workflow may read different values than the rules",
        "With `format: raw`, the workflow parses the bytes again, and two parsers may disagree, "
        "for example about a form field that appears twice. Without it, the gateway encodes "
        "forms again from the values that the rules read.",
    ),
    Code(
        "bad-redirect",
        "error",
        "A redirect without a fixed destination",
        "`status: 303` sends the caller to the URL in `Location` of `headers`: a URL with http or "
        "https, or a path. Templates fill in parts of its path and its query. The host is written, "
        "so that no input can send callers elsewhere.",
    ),
    Code(
        "bad-content-type",
        "error",
        "A type that an answer cannot have",
        "A browser would run an HTML page, an SVG image or a script as one of the gateway's "
        "origin. Text is UTF-8. Templates encode values for JSON and plain text, not for other "
        "formats such as XML.",
    ),
    Code(
        "bad-failure",
        "error",
        "A failure that cannot be passed on",
        "`answer: pass` returns the 4xx answer of the workflow to the caller. The statuses 401, "
        "405, 407, 408, 419, 421, 426 and 431 are about the gateway's own credentials, method or "
        "connection. For every other failure there is no answer, or none that the caller can act "
        "on.",
    ),
    Code(
        "select-without-outputs",
        "error",
        "`select` with a report",
        "`select` chooses from the workflow's outputs, which `type: status` does not return.",
    ),
)

"""What a hook means: checks that a schema cannot make."""

from __future__ import annotations

from gateway.language.codes.code import Code

ACCESS = (
    Code(
        "public-hook",
        "warning",
        "Nothing is said about who may call",
        "Without `authentication` anyone who can reach the gateway starts the workflow. Write "
        "`authentication: none` to say that this is meant; then nothing is reported.",
    ),
    Code(
        "expired-credential",
        "warning",
        "A credential has expired",
        "From its `expires` on a credential opens nothing. If all of a hook's credentials have "
        "expired, nobody can call it.",
    ),
    Code(
        "duplicate-credential",
        "warning",
        "A credential stands there twice",
        "Whoever revokes it by removing one of the entries has revoked nothing.",
    ),
    Code(
        "credential-header",
        "warning",
        "A header that carries credentials",
        "Forwarding such a header shows the caller's credentials to the workflow; setting it, or "
        "comparing with it, needs its value in the file. `authentication`, of the hook or of the "
        "workflow, does both with a reference.",
    ),
    Code(
        "plaintext-credential",
        "warning",
        "A credential stands in the file",
        "Whoever can read a hook file, now or later in its history, has the credential. What has "
        "the form of a known issuer's credential, what looks random, and a value whose name says "
        "that it is a password or a token, is found in every place of a file, comments included, "
        "and is masked wherever something of the file is shown. Replace it at its issuer, and "
        "refer to the new one: `{secret: NAME}`.",
    ),
    Code(
        "bad-scheme",
        "error",
        "A signature scheme that protects nothing, or that no request could fulfil",
        "What is signed must hold the body, and a timestamp or an id that is sent must be signed "
        "with it; the keys of a scheme must fit each other. Names of known senders need none of "
        "this: see the page on signatures.",
    ),
    Code(
        "unsigned-input",
        "warning",
        "Something is read that the sender does not sign",
        "A signature covers the body, and of the rest only what its scheme names. Whoever sees a "
        "signed request can send it again with another header, query or path: what rules read of "
        "those, path parameters and `forward_headers` are found, and rules on the body that hold "
        "as well where another Content-Type has it read otherwise. Match the body, which often "
        "says the same, or list the name under `trust_unsigned`.",
    ),
    Code(
        "needless-trust",
        "warning",
        "Trust in what no rule reads, or in what is signed",
        "An entry of `trust_unsigned` that is left over would hide the warning about a rule that "
        "somebody adds later.",
    ),
    Code(
        "bad-handshake",
        "error",
        "A handshake that is never answered",
        "Some senders sign their handshake. It is answered after its signature holds, so that the "
        "hook must verify this sender.",
    ),
    Code(
        "bad-token-rule",
        "error",
        "A rule for tokens that lets the wrong ones in",
        "Public keys and shared secrets never verify the same tokens: whoever knows the public "
        "key could sign. Published keys are fetched by https, by http only from this machine; "
        "`leeway` is at most five minutes.",
    ),
    Code(
        "bad-network",
        "error",
        "A network that is none",
        "A network is an address or CIDR notation without bits behind its prefix: "
        "`192.30.252.0/22`, not `192.30.252.7/22`. Callers by IPv4 are known by their IPv4 "
        "address, also where they arrive in IPv6 form.",
    ),
    Code(
        "bad-limit",
        "error",
        "A limit that is too wide",
        "A body is held in memory until the workflow has it: at most 25MiB.",
    ),
    Code(
        "missing-secret",
        "error",
        "A reference to a secret that leads nowhere",
        "The file in the secrets directory, or the environment variable, is missing, empty or "
        "cannot be read. The hook would be out of service: its path answers 503 until the secret "
        "is there. Validation needs no secrets, so that this is looked for only on request: "
        "`gateway validate --secrets DIR` for files, `--check-env` for variables. The value is "
        "judged as the server judges it: what is not of the form that a scheme asks for (base64, "
        "`whsec_…`, PEM) is an error here and out of service there.",
    ),
    Code(
        "odd-secret",
        "warning",
        "A secret that is probably not what was meant",
        "Quotes, blanks and line ends are part of a secret, but for one newline at its end: "
        'whoever wrote `SECRET="value"` into a file, or pasted a blank along, is refused from then '
        "on. So is a secret without the prefix that its issuer writes. Looked for with "
        "`--secrets` and `--check-env`, as above.",
    ),
)

ROUTES = (
    Code(
        "reserved-path",
        "error",
        "A path that belongs to the gateway",
        "Everything below `/-/` is health, status and administration.",
    ),
    Code(
        "bad-route",
        "error",
        "A path that cannot be routed",
        "Clients resolve `.` and `..` before they send a path, so that such a hook would never "
        "be called; and a parameter can have one value only, so its name stands there once.",
    ),
    Code(
        "duplicate-name",
        "error",
        "Two hooks have one name",
        "A name stands for one hook in logs, in reports and by default in its path. Both hooks "
        "get the finding. A disabled hook keeps its name.",
    ),
    Code(
        "duplicate-route",
        "error",
        "Two hooks claim one path and method",
        "Only one of them could answer. Path parameters are the same path whatever their names: "
        "`/orders/{id}` and `/orders/{number}`. Disabled hooks claim nothing. Both hooks get "
        "the finding.",
    ),
    Code(
        "shadowed-path",
        "warning",
        "Some requests for a path never arrive",
        "Where a literal segment and a parameter stand on the same place, the literal wins, and "
        "the router never goes back: with `/orders/{id}/items` and `/orders/open`, a request "
        "for `/orders/open/items` is a 404. The finding names such a request.",
    ),
)

RULES = (
    Code(
        "body-without-body",
        "error",
        "A rule about a body that is never there",
        "GET and DELETE requests carry their parameters in the query. The rule could never hold, "
        "and every request would be refused.",
    ),
    Code(
        "bad-path",
        "error",
        "A path into a body that leads nowhere",
        "A dotted path such as `order.total` has a name on either side of every dot. What begins "
        "with `/` is a JSON Pointer (RFC 6901), in which `~0` stands for `~` and `~1` for `/`.",
    ),
    Code(
        "dotted-key",
        "warning",
        "A dotted path that looks like a key with dots in it",
        "In `app.kubernetes.io/name` every dot leads one object deeper, so that the parameter is "
        "missing from every body. A key that has dots itself is written in a JSON Pointer, which "
        "begins with `/`: `/metadata/labels/app.kubernetes.io~1name`, with `~1` for `/` in a key.",
    ),
    Code(
        "bad-pattern",
        "error",
        "A pattern that RE2 does not take",
        "Patterns are RE2 expressions, which are searched in linear time. There are no "
        "look-arounds and no back-references, and a pattern may not need more than 1 MiB.",
    ),
    Code(
        "contradiction",
        "error",
        "Operators that can never hold together",
        "All operators of a condition must hold. These exclude each other, so that every request "
        "would be refused. A bound that is a number and one that is text exclude each other in "
        "JSON, and in a form they are hardly what was meant.",
    ),
    Code(
        "unreachable",
        "warning",
        "An operator or a value without effect",
        "Another operator implies it or excludes it already. Either it is left over, or one of "
        "the two is not what was meant.",
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
        "The names of headers are the same in any case: `X-Event` and `x-event` are one header.",
    ),
)

WORKFLOWS = (
    Code(
        "bad-url",
        "error",
        "A URL that cannot be called",
        "The host must be a name or an address, the port a number between 1 and 65535; a URL "
        "that is called has no fragment (`#…`), and there are no templates in it.",
    ),
    Code(
        "bad-timeout",
        "error",
        "A deadline that cannot be kept",
        "`timeout` is the deadline of the whole invocation, while the caller waits: more than "
        "nothing, at most five minutes.",
    ),
    Code(
        "reserved-header",
        "error",
        "A header that cannot be set here",
        "Headers of the connection (`Host`, `Content-Length`, `Transfer-Encoding` …) belong to "
        "the protocol, and `Idempotency-Key`, `X-Request-Id`, `traceparent` and `Content-Type` "
        "are set by the gateway. Of an answer, `Content-Type` and `Content-Encoding` are the "
        "workflow's.",
    ),
    Code(
        "tls-without-https",
        "error",
        "A client certificate for a workflow that is called without TLS",
        "`workflow.tls` says what the gateway shows to a server that asks for a certificate, "
        "which only happens over https.",
    ),
    Code(
        "format-without-body",
        "error",
        "An encoding for a body that is not sent",
        "A workflow that is invoked by GET or DELETE receives the data as query parameters.",
    ),
    Code(
        "raw-with-body",
        "error",
        "Members for a body that stays as it is",
        "`format: raw` passes the bytes on untouched, so that nothing can be merged over them.",
    ),
    Code(
        "raw-with-rule",
        "warning",
        "The workflow may read other values than the rules",
        "With `format: raw` the workflow parses the bytes again, and two parsers need not agree, "
        "for instance about a field of a form that stands there twice. Without it forms are "
        "written anew from what the rules saw.",
    ),
    Code(
        "select-without-outputs",
        "error",
        "Results are selected from a report",
        "`select` chooses among the workflow's outputs, which `type: status` does not answer.",
    ),
)

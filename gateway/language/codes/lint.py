"""What a hook means: checks that a schema cannot make."""

from __future__ import annotations

from gateway.language.codes.code import Code

ACCESS = (
    Code(
        "public-hook",
        "warning",
        "The hook does not say who may call it",
        "Without `authentication`, anyone who can reach the gateway can start the workflow. If "
        "this is intended, write `authentication: none`; validation then reports nothing.",
    ),
    Code(
        "expired-credential",
        "warning",
        "A credential has expired",
        "A credential opens nothing after its `expires`. If all credentials of a hook have "
        "expired, nobody can call it.",
    ),
    Code(
        "duplicate-credential",
        "warning",
        "A credential is listed twice",
        "Removing only one of the entries would not revoke the credential.",
    ),
    Code(
        "credential-header",
        "warning",
        "A header that carries credentials",
        "Forwarding such a header shows the caller's credentials to the workflow. Setting it or "
        "comparing with it needs its value in the file. Use `authentication` of the hook or of "
        "the workflow instead, which takes a reference to a secret.",
    ),
    Code(
        "plaintext-credential",
        "warning",
        "A credential stands in the file",
        "Everyone who can read the file or its history has the credential. Validation finds "
        "values in the form of a known issuer's credentials, values that look random, and values "
        "whose name suggests a password or a token. It searches the whole file, including "
        "comments, and masks such values in all output. Replace the credential at its issuer, "
        "and refer to the new one with `{secret: NAME}`.",
    ),
    Code(
        "bad-scheme",
        "error",
        "A signature scheme that protects nothing or that no request can satisfy",
        "The signed text must contain the body, and also a timestamp or an id if the sender "
        "sends one. The keys of a scheme must fit each other. For a known sender, write its name "
        "instead; see the page on signatures.",
    ),
    Code(
        "unsigned-input",
        "warning",
        "The hook reads input that the sender does not sign",
        "A signature covers the body and only what else its scheme names. Anyone who sees a "
        "signed request can send it again with another header, query or path. Validation reports "
        "rules that read these, path parameters, `forward_headers`, and body rules that would "
        "also hold if another Content-Type changed how the body is parsed. Match the body "
        "instead, which often has the same information, or list the name under `trust_unsigned`.",
    ),
    Code(
        "needless-trust",
        "warning",
        "Trust in a name that no rule reads or that is signed",
        "An unused entry of `trust_unsigned` would hide the warning about a rule that is added "
        "later.",
    ),
    Code(
        "bad-handshake",
        "error",
        "A handshake that is never answered",
        "Some senders sign their handshake. The gateway answers it only if the signature is "
        "valid, so the hook must verify the signatures of this sender.",
    ),
    Code(
        "bad-token-rule",
        "error",
        "A rule for tokens that would accept wrong tokens",
        "Public keys and shared secrets cannot verify the same tokens, because anyone who knows "
        "the public key could sign tokens with it. The gateway fetches published keys over "
        "https, and over http only from this machine. `leeway` is at most five minutes.",
    ),
    Code(
        "bad-network",
        "error",
        "An invalid network",
        "A network is an address, or CIDR notation without host bits: `192.30.252.0/22`, not "
        "`192.30.252.7/22`. An IPv4 caller has its IPv4 address, even if the address arrives in "
        "IPv6 form.",
    ),
    Code(
        "bad-limit",
        "error",
        "A limit that is too high",
        "The gateway holds a body in memory until it has sent it to the workflow, so a body may "
        "have at most 25MiB.",
    ),
    Code(
        "missing-secret",
        "error",
        "A reference to a missing secret",
        "The file in the secrets directory, or the environment variable, is missing, empty, "
        "only blanks or unreadable. The hook would be out of service: its path answers 503 until "
        "the secret exists. Validation needs no secrets, so it checks them only on request: files "
        "with `gateway validate --secrets DIR`, variables with `--check-env`. It checks values as "
        "the server does. A value that does not have the form that the scheme needs (base64, "
        "`whsec_…`, PEM) is an error, and takes the hook out of service on the server.",
    ),
    Code(
        "odd-secret",
        "warning",
        "A secret that is probably wrong",
        "Quotes, blanks and line breaks are part of a secret, except for one newline at its end. "
        'If a file contains `SECRET="value"` or a pasted blank, the gateway refuses every '
        "request. The same happens if the prefix that the issuer writes is missing. Checked with "
        "`--secrets` and `--check-env`, as above.",
    ),
)

ROUTES = (
    Code(
        "reserved-path",
        "error",
        "A path that belongs to the gateway",
        "All paths below `/-/` are for health, status and administration.",
    ),
    Code(
        "bad-route",
        "error",
        "A path that cannot be routed",
        "Clients resolve `.` and `..` before they send a path, so such a hook would never be "
        "called. A parameter has only one value, so its name may appear only once.",
    ),
    Code(
        "duplicate-name",
        "error",
        "Two hooks have the same name",
        "A name identifies one hook in logs, in reports and by default in its path. Both hooks "
        "get the finding. A disabled hook keeps its name.",
    ),
    Code(
        "duplicate-route",
        "error",
        "Two hooks have the same path and method",
        "Only one of them could answer. The names of path parameters do not matter: "
        "`/orders/{id}` and `/orders/{number}` are the same path. Disabled hooks do not count. "
        "Both hooks get the finding.",
    ),
    Code(
        "shadowed-path",
        "warning",
        "Some requests for a path never reach the hook",
        "If a literal segment and a parameter are in the same place, the router takes the "
        "literal and does not backtrack. With `/orders/{id}/items` and `/orders/open`, a request "
        "for `/orders/open/items` gets 404. The finding shows such a request.",
    ),
)

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

WORKFLOWS = (
    Code(
        "bad-url",
        "error",
        "A URL that cannot be called",
        "The host must be a name or an address, and the port a number between 1 and 65535. A URL "
        "must not have a fragment (`#…`) or templates.",
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
        "`traceparent` and `Content-Type`. In an answer, `Content-Type` and `Content-Encoding` "
        "are the workflow's.",
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
        "A workflow that is called with GET or DELETE receives the data as query parameters.",
    ),
    Code(
        "raw-with-body",
        "error",
        "Members for a body that is sent unchanged",
        "`format: raw` sends the bytes unchanged, so nothing can be merged into them.",
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
        "select-without-outputs",
        "error",
        "Results are selected from a report",
        "`select` chooses from the workflow's outputs, which `type: status` does not return.",
    ),
)

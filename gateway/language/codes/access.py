"""Who may call: what a schema cannot check."""

from __future__ import annotations

from gateway.language.codes.code import Code

ACCESS = (
    Code(
        "public-hook",
        "warning",
        "The hook does not define who may call it",
        "Without `authentication`, anyone who can reach the gateway can start the workflow. If "
        "anyone may call the hook, write `authentication: none`; validation then reports nothing.",
    ),
    Code(
        "expired-credential",
        "warning",
        "A credential has expired",
        "The gateway refuses a credential after its `expires`. If all credentials of a hook have "
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
        "Forwarding such a header shows the caller's credentials to the workflow: a header that "
        "commonly has some, and that of the hook's API key or signature. To set it or "
        "to compare with it, the file must contain its value. Use `authentication` of the hook "
        "or of the workflow instead, which takes a reference to a secret.",
    ),
    Code(
        "plaintext-credential",
        "warning",
        "The file contains a credential",
        "Everyone who can read the file or its history has the credential. Validation finds "
        "values in the form of a known issuer's credentials, values that look random, and values "
        "whose name suggests a password or a token. It searches the whole file, including "
        "comments, and masks such values in all output. Replace the credential at its issuer, "
        "and refer to the new one with `{secret: NAME}`.",
    ),
    Code(
        "bad-origin",
        "error",
        "An origin that no browser sends",
        "Browsers send the origin of a page as scheme, host and port, without the default port of "
        "the scheme. The gateway compares it as a whole, so there are no patterns. `*` stands "
        "alone.",
    ),
    Code(
        "cors-by-hand",
        "warning",
        "A header for pages of other origins that is set by hand",
        "A browser first asks with a preflight request, which only `cors` answers, and a page must "
        "also read refusals. `cors` sets the headers in all answers.",
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
        "joined-prefix",
        "warning",
        "A prefix that runs into the value behind it",
        "`prefix` is the exact text before a signature or a credential. YAML drops a blank at the "
        "end of plain text, so `prefix: Token` stands for `Token0123…`, which hardly any sender "
        'writes. Write `prefix: "Token "` in quotes, or the sign between them: `sha256=`.',
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
        "A handshake that is never answered or answers too much",
        "Some senders sign their handshake. The gateway answers it only if the signature is "
        "valid, so the hook must verify the signatures of this sender. A probe must not answer "
        "the requests that start the workflow. A challenge needs a reference that can lead to a "
        "text; a body is read only after the credentials; a header that returns it begins with "
        "`X-`, and is none that a browser or a proxy acts on.",
    ),
    Code(
        "open-challenge",
        "warning",
        "A handshake that returns any caller's text",
        "The gateway returns the challenge before it asks for credentials, or the hook asks for "
        "none. The text is short, and no browser takes it for a page, but anyone can use the URL "
        "to show it. Most senders cannot do otherwise; then write `authenticated: false`, and "
        "validation reports nothing.",
    ),
    Code(
        "bad-key-place",
        "error",
        "An API key in a body that cannot carry it",
        "GET and DELETE requests have no body, and a text or a multipart form has no place for a "
        "key. The gateway removes the key before it sends the body to the workflow, and so cannot "
        "send the received bytes.",
    ),
    Code(
        "bad-token-rule",
        "error",
        "A rule that would accept wrong tokens",
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
        "blank or unreadable. The hook would be out of service: its path answers 503 until the "
        "secret exists. Validation needs no secrets, so it checks them only on request: files "
        "with `gateway validate --secrets DIR`, variables with `--check-env`. It checks values "
        "as the server does. A value that does not have the form that the scheme needs (base64, "
        "`whsec_…`, PEM) is an error, and takes the hook out of service on the server.",
    ),
    Code(
        "odd-secret",
        "warning",
        "A secret that is probably wrong",
        "Quotes, spaces and line breaks are part of a secret, except for one newline at its end. "
        'If a file contains `SECRET="value"` or a pasted space, the gateway refuses every '
        "request. The same happens if the prefix of the issuer is missing. Validation checks "
        "this only with `--secrets` and `--check-env`.",
    ),
)

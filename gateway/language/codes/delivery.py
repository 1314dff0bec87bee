"""Durable delivery: what a schema cannot check."""

from __future__ import annotations

from gateway.language.codes.code import Code

DELIVERY = (
    Code(
        "retry-in-durable",
        "error",
        "Two kinds of retries",
        "`workflow.retry` repeats an invocation while the caller waits. A durable hook has "
        "`delivery.retry` instead, whose attempts survive a restart.",
    ),
    Code(
        "stored-credential",
        "error",
        "A credential of the caller would be stored",
        "A durable hook stores the headers that it forwards and the values that templates fill "
        "in. Credentials, API keys and signatures of callers must not be on disk. Write "
        "`workflow.authentication` to give the workflow credentials of its own.",
    ),
    Code(
        "answer-before-workflow",
        "error",
        "An answer that needs the workflow's",
        "A durable hook answers once the run is stored. `response.status`, `headers` and `body` "
        "are that answer, and can read the request and `run.id`. What became of the run is told "
        "at the URL of its outcome.",
    ),
    Code(
        "deduplicate-needs-durable",
        "error",
        "`deduplicate` without durable delivery",
        "Keys are stored together with runs, and a direct hook stores no runs.",
    ),
    Code(
        "wait-too-long",
        "error",
        "A wait that is too long",
        "A caller that waits holds a connection. It waits at most 30s, then gets 202, and asks "
        "for the outcome at the URL in `Location`.",
    ),
    Code(
        "needless-wait",
        "warning",
        "A wait that is longer than an attempt",
        "An attempt ends after `workflow.timeout` at the latest, so a longer wait is useful only "
        "for further attempts.",
    ),
    Code(
        "body-too-large-to-store",
        "error",
        "A body that is too large to store",
        "A durable hook stores the bodies of its requests, which have at most 8MiB.",
    ),
    Code(
        "bad-span",
        "error",
        "A time that is too short or too long",
        "Delays of `retry.after` are between 1s and 30d, and so is `give_up`. `retention` is "
        "between 1m and 365d, `within` between 1m and 30d.",
    ),
    Code(
        "bad-rate",
        "error",
        "A delivery rate that is too high or too low",
        "`delivery.rate` is at most 10000/1s, which no workflow notices, and at least one "
        "delivery a day. To stop deliveries, disable the hook.",
    ),
    Code(
        "retry-never-used",
        "warning",
        "A retry that never takes place",
        "A run is dead at the age of `give_up`. The delays before this one already add up to more.",
    ),
    Code(
        "durable-get",
        "warning",
        "A durable hook that GET requests start",
        "Browsers, link checkers and chat programs send GET requests to every URL that they see. "
        "Each such request would be stored and start the workflow.",
    ),
    Code(
        "order-holds-body",
        "error",
        "A key from a body that is not read",
        "With `format: raw`, the gateway forwards the body without reading it, unless rules or "
        "templates need it. A key would make it refuse all bodies that it cannot read. Take the "
        "key from a header, or use `{digest: body}`.",
    ),
    Code(
        "useless-key",
        "error",
        "A key that does not identify a request",
        "If every request has the same key, all but the first are duplicates, and are lost. If "
        "every request has another key, none is a duplicate.",
    ),
    Code(
        "unsigned-deduplication",
        "warning",
        "Anyone can change the key of a request",
        "The sender does not sign the header or the parameter that is the key. Anyone who sees a "
        "request can send it again with another key, and it starts the workflow again. A key "
        "that the sender signs, or the digest of the body, prevents this. To accept the risk, "
        "add the name to `trust_unsigned`.",
    ),
    Code(
        "window-too-short",
        "warning",
        "A key is forgotten before the sender stops repeating",
        "The sender repeats a request for longer than `within`. A late repetition starts the "
        "workflow again.",
    ),
)

"""Which requests are taken, what is made of them, what is answered."""

from __future__ import annotations

from gateway.plan.kinds.kind import Kind

RULES = (
    Kind("rule-removed", "risk", "A condition was removed."),
    Kind("rule-loosened", "risk", "A condition accepts more than before."),
    Kind(
        "rule-changed",
        "risk",
        "A condition is different, and the plan cannot prove that it still refuses everything "
        "that it refused.",
    ),
    Kind(
        "body-unchecked",
        "risk",
        "Bodies that were refused reach the workflow: of any type, or JSON that is not an object.",
    ),
    Kind("rule-added", "notice", "A condition was added."),
    Kind("rule-tightened", "notice", "A condition refuses more than before."),
    Kind(
        "otherwise-changed",
        "notice",
        "Requests that do not match get another answer: `reject` or `ignore`.",
    ),
    Kind("rule-reworded", "info", "A condition is written differently and has the same effect."),
)

WORKFLOWS = (
    Kind("workflow-host-changed", "risk", "The data goes to another host or port."),
    Kind("workflow-unencrypted", "risk", "The data is sent over http instead of https."),
    Kind(
        "workflow-credentials-changed",
        "risk",
        "The gateway sends other credentials to the workflow.",
    ),
    Kind(
        "credentials-forwarded",
        "risk",
        "The gateway forwards a request header that commonly carries credentials.",
    ),
    Kind(
        "raw-forwarded",
        "risk",
        "The workflow receives the bytes of the request instead of the values that the rules read.",
    ),
    Kind(
        "workflow-url-changed",
        "notice",
        "The workflow's URL has another path, query or scheme on the same host.",
    ),
    Kind(
        "workflow-method-changed", "notice", "The gateway calls the workflow with another method."
    ),
    Kind("workflow-headers-changed", "notice", "The gateway sends other headers to the workflow."),
    Kind("workflow-data-changed", "notice", "The gateway adds other static parameters or members."),
    Kind("workflow-format-changed", "notice", "The data has another encoding."),
    Kind("headers-forwarded", "notice", "The gateway forwards another request header."),
    Kind("headers-withheld", "notice", "The gateway no longer forwards a request header."),
    Kind(
        "workflow-credentials-removed",
        "notice",
        "The gateway no longer sends credentials to the workflow.",
    ),
    Kind(
        "workflow-patience-changed",
        "notice",
        "The deadline or the number of attempts is different.",
    ),
)

ANSWERS = (
    Kind("response-widened", "risk", "Callers see more of the workflow's outputs."),
    Kind("response-narrowed", "notice", "Callers see less of the workflow's outputs."),
    Kind("response-status-changed", "notice", "A successful answer has another status code."),
    Kind("response-headers-changed", "notice", "A successful answer carries other headers."),
)

SECRETS = (
    Kind(
        "secret-needed",
        "notice",
        "A hook refers to a new secret. Create the secret before the change; otherwise the hook "
        "is out of service.",
    ),
    Kind("secret-unneeded", "info", "No hook refers to this secret any more."),
)

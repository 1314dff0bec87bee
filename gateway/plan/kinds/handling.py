"""Which requests are taken, what is made of them, what is answered."""

from __future__ import annotations

from gateway.plan.kinds.kind import Kind

RULES = (
    Kind("rule-removed", "risk", "A condition is gone."),
    Kind("rule-loosened", "risk", "A condition holds for what it did not hold for."),
    Kind(
        "rule-changed",
        "risk",
        "A condition is another one, and that it refuses all that it refused cannot be shown.",
    ),
    Kind(
        "body-unchecked",
        "risk",
        "Bodies that were refused reach the workflow: of any type, or other than a JSON object.",
    ),
    Kind("rule-added", "notice", "There is a further condition."),
    Kind("rule-tightened", "notice", "A condition refuses more than it refused."),
    Kind(
        "otherwise-changed",
        "notice",
        "Requests that do not match get another answer: `reject` or `ignore`.",
    ),
    Kind("rule-reworded", "info", "A condition says the same in other words."),
)

WORKFLOWS = (
    Kind("workflow-host-changed", "risk", "The data goes to another host or port."),
    Kind("workflow-unencrypted", "risk", "The data goes over http, and went over https."),
    Kind(
        "workflow-credentials-changed",
        "risk",
        "The workflow is shown other credentials of the gateway's.",
    ),
    Kind(
        "credentials-forwarded",
        "risk",
        "A header of the caller's that commonly carries credentials is handed on.",
    ),
    Kind(
        "raw-forwarded",
        "risk",
        "The workflow receives bytes as they came, no more what the rules have read.",
    ),
    Kind("workflow-url-changed", "notice", "Another path, query or scheme of the same host."),
    Kind("workflow-method-changed", "notice", "The workflow is invoked by another method."),
    Kind("workflow-headers-changed", "notice", "Invocations carry other headers."),
    Kind("workflow-data-changed", "notice", "Other static parameters or members are added."),
    Kind("workflow-format-changed", "notice", "The data is encoded in another way."),
    Kind("headers-forwarded", "notice", "A further header of the caller's is handed on."),
    Kind("headers-withheld", "notice", "A header of the caller's is handed on no more."),
    Kind("workflow-credentials-removed", "notice", "The workflow is shown no credentials."),
    Kind("workflow-patience-changed", "notice", "Another deadline, or other attempts."),
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
        "A secret is referred to that no hook referred to: it must be there before the change, "
        "else the hook is out of service.",
    ),
    Kind("secret-unneeded", "info", "No hook refers to this secret any more."),
)

"""Which requests are taken, what is made of them, what is answered."""

from __future__ import annotations

from gateway.plan.kinds.kind import kinds

RULES = kinds(
    risk={
        "rule-removed": "A condition was removed.",
        "rule-loosened": "A condition accepts more than before.",
        "rule-changed": (
            "A condition is different, and the plan cannot prove that it still refuses everything"
            " that it refused."
        ),
        "receive-changed": (
            "The body is read in another form, so that rules and workflow see other values."
        ),
        "compression-accepted": "The hook accepts bodies with a compression that got 415.",
        "body-unchecked": (
            "Bodies that were refused reach the workflow: of any type, or JSON that is not an "
            "object."
        ),
    },
    notice={
        "rule-added": "A condition was added.",
        "rule-tightened": "A condition refuses more than before.",
        "compression-refused": "Bodies with a compression that the hook accepted get 415.",
        "otherwise-changed": "Requests that do not match get another answer: `reject` or `ignore`.",
    },
    info={
        "rule-reworded": "A condition is written differently and has the same effect.",
    },
)

WORKFLOWS = kinds(
    risk={
        "workflow-host-changed": "The data goes to another host or port.",
        "workflow-unencrypted": "The data is sent over http instead of https.",
        "workflow-credentials-changed": "The gateway sends other credentials to the workflow.",
        "credentials-forwarded": (
            "The gateway forwards a request header that commonly carries credentials, or that "
            "carries the hook's API key or signature."
        ),
        "raw-forwarded": (
            "The workflow receives the bytes of the request instead of the values that the rules "
            "read."
        ),
        "caller-chooses-path": (
            "A part of the path of the workflow's URL was fixed and is now filled in from the "
            "request."
        ),
        "caller-chooses-value": (
            "A value for the workflow was chosen by the hook and is now chosen by the caller: a "
            "template fills it in, or the hook no longer sets it."
        ),
        "template-loosened": (
            "Requests are accepted that got 422 because a template did not have its value, or that "
            "may be: it has a default now, ends with `?`, has fewer filters, or is gone."
        ),
        "data-widened": (
            "The workflow receives inputs that it did not receive: a template reads them, or "
            "`data` no longer replaces the received data."
        ),
        "unsigned-handed-on": (
            "A template reads a header or a parameter that the sender does not sign."
        ),
    },
    notice={
        "workflow-url-changed": (
            "The workflow's URL has another path, query or scheme on the same host."
        ),
        "workflow-method-changed": "The gateway calls the workflow with another method.",
        "workflow-headers-changed": "The gateway sends other headers to the workflow.",
        "workflow-data-changed": (
            "The gateway adds other parameters or members, or sends other data in place of the "
            "received data."
        ),
        "data-narrowed": "The workflow no longer receives some inputs.",
        "default-changed": "Templates have other default values.",
        "workflow-format-changed": "The data has another encoding.",
        "headers-forwarded": "The gateway forwards another request header.",
        "headers-withheld": "The gateway no longer forwards a request header.",
        "workflow-signature-changed": (
            "The gateway signs invocations by another scheme or with other secrets."
        ),
        "workflow-credentials-removed": "The gateway no longer sends credentials to the workflow.",
        "workflow-patience-changed": "The deadline or the number of attempts is different.",
    },
)

ANSWERS = kinds(
    risk={
        "response-widened": "Callers see more of what the workflow answers.",
        "failure-hidden": (
            "A failure of the workflow is answered with success, so that senders do not send again."
        ),
        "redirect-changed": "Callers are sent to another host.",
    },
    notice={
        "response-narrowed": "Callers see less of what the workflow answers.",
        "response-body-changed": "A successful answer has another body or another type.",
        "failures-changed": "Failures of the workflow have other answers.",
        "response-status-changed": "A successful answer has another status code.",
        "response-headers-changed": "A successful answer has other headers.",
    },
)

SECRETS = kinds(
    notice={
        "secret-needed": (
            "A hook refers to a new secret. Create the secret before the change; otherwise the "
            "hook is out of service."
        ),
    },
    info={
        "secret-unneeded": "No hook refers to this secret any more.",
    },
)

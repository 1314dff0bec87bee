"""Known senders where software is written, planned and run."""

from __future__ import annotations

import msgspec

from gateway.language.senders.sender import Sender
from gateway.language.senders.standard import STANDARD
from gateway.language.spec.scheme import Scheme, Timestamp
from gateway.language.spec.signature import Preset

DEVELOPMENT: dict[Preset, Sender] = {
    "asana": Sender(
        Scheme(header="X-Hook-Signature", signed="{body}"),
        "https://developers.asana.com/docs/webhooks-guide#security",
    ),
    "bitbucket": Sender(
        Scheme(header="X-Hub-Signature", format="prefix", prefix="sha256=", signed="{body}"),
        "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    ),
    "gitea": Sender(
        Scheme(header="X-Gitea-Signature", signed="{body}"),
        "https://docs.gitea.com/usage/webhooks",
    ),
    "github": Sender(
        Scheme(header="X-Hub-Signature-256", format="prefix", prefix="sha256=", signed="{body}"),
        "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
        repeats="3d",
    ),
    "gitlab": Sender(
        msgspec.structs.replace(STANDARD, also=msgspec.UNSET),
        "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944",
    ),
    "jira": Sender(
        Scheme(header="X-Hub-Signature", format="prefix", prefix="sha256=", signed="{body}"),
        "https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks",
    ),
    "linear": Sender(
        Scheme(
            header="Linear-Signature",
            signed="{body}",
            timestamp=Timestamp(body="/webhookTimestamp", unit="ms"),
        ),
        "https://linear.app/developers/webhooks#securing-webhooks",
        tolerance="1m",
        begins="lin_wh_",
    ),
    "pagerduty": Sender(
        Scheme(header="X-PagerDuty-Signature", format="list", prefix="v1=", signed="{body}"),
        "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
    ),
    "sentry": Sender(
        Scheme(header="Sentry-Hook-Signature", signed="{body}"),
        "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
    ),
    "trello": Sender(
        Scheme(header="X-Trello-Webhook", signed="{body}{url}", digest="sha1", encoding="base64"),
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures",
    ),
    "vercel": Sender(
        Scheme(header="x-vercel-signature", signed="{body}", digest="sha1"),
        "https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks",
    ),
}

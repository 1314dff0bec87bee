"""A hook's workflow as it is called."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from gateway.language.inputs import workflow_of
from gateway.language.spec import Hook, Workflow
from gateway.language.template.url import parse_url


def effective_workflow(spec: Hook, base: str) -> Workflow:
    """The long form; with a base, the same path there. A body that is decompressed is not sent
    with the encoding that it had.
    """
    workflow = workflow_of(spec)
    if spec.receive is not UNSET and workflow.format != "raw":
        forwarded = [one for one in workflow.forward_headers if one.lower() != "content-encoding"]
        workflow = msgspec.structs.replace(workflow, forward_headers=forwarded)
    if not base:
        return workflow
    target = workflow.url.removeprefix(parse_url(workflow.url).origin)
    target = target if target.startswith("/") else f"/{target}"
    return msgspec.structs.replace(workflow, url=base + target)

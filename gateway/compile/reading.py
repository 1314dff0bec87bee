"""Bodies that cannot be read: what is said of them."""

from __future__ import annotations

from gateway.compile.payload import WITH_BODY
from gateway.errors import UnsupportedMedia
from gateway.language.spec import Workflow


def remedy(workflow: Workflow, needs_body: bool, reads_body: bool) -> str:
    """What the operator can change, for bodies that cannot be decoded."""
    if needs_body:
        return "The rules of `match.body` must read the body; without them, it is forwarded unread."
    if reads_body:
        return "The templates of `workflow` must read the body."
    if workflow.body:
        return "`workflow.body` is merged into the body; without this key, it is forwarded unread."
    if workflow.method not in WITH_BODY:
        return (
            f"`workflow.method: {workflow.method}` sends the body as a query; write POST and "
            "`format: raw` to forward it unread."
        )
    return (
        "The gateway must read the body for `workflow.format`; write `format: raw` to forward it "
        "unread."
    )


def refuse_encoded(encoding: bytes | None) -> None:
    """Raises UnsupportedMedia for a body that is compressed."""
    if encoding is not None and encoding.lower() != b"identity":
        raise UnsupportedMedia(
            "This hook cannot read a compressed body; send it without Content-Encoding.",
            ((b"accept-encoding", b"identity"),),
            reason="The body is compressed; `receive.encoding` can accept that.",
        )

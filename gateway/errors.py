"""Everything that can go wrong at run time, split by who must act.

    GatewayError
    ├── OperatorError          flags, directories, ports: the command ends with status 2
    ├── Refusal                the caller must act: answered as RFC 9457 problem+json
    │   ├── Malformed 400
    │   │   └── Misframed, TooManyValues 413
    │   ├── Incomplete 400     Unauthenticated 401   Forbidden 403
    │   ├── NotFound 404
    │   │   └── NoEndpoint, NoSuchRun, NoSuchTicket, KeepsNoRuns
    │   ├── MethodNotAllowed 405  BodyTimeout 408    Conflict 409
    │   ├── TooLarge 413
    │   ├── UriTooLong 414     UnsupportedMedia 415  NoMatch 422    Unmappable 422
    │   ├── TooManyRequests 429  HeadersTooLarge 431  Unavailable 503
    │   └── StoreFull 503      StoreUnavailable 503: beside the store, `gateway.runs.store`
    └── WorkflowFailure        the workflow's owner must act: a report with 502 or 504
        ├── Unsent             nothing was sent
        └── WorkflowTimeout 504

Authors' mistakes are not here: they are values (`gateway.language.diagnostic`), never exceptions.
"""

from __future__ import annotations

from typing import ClassVar


class GatewayError(Exception):
    """The root of the tree; never raised itself."""


class OperatorError(GatewayError):
    """The operator must change a flag, a file permission or the environment."""


class Refusal(GatewayError):  # noqa: N818 - its subclasses are named for what happened
    """The request is refused before anything ran.

    `detail` is shown to the caller: it never holds a secret, a stack trace, or which of several
    credentials failed. `headers` are added to the answer. `reason` is for the operator, in the
    log alone: where it is left out, the log has the detail.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    close: ClassVar[bool] = False
    """Whether the connection must not be used again (part of the body is still unread)."""

    def __init__(
        self, detail: str, headers: tuple[tuple[bytes, bytes], ...] = (), reason: str = ""
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers
        self.reason = reason or detail


class Malformed(Refusal):
    """The HTTP message, the JSON, the form or the path is not well-formed."""

    status, code, title = 400, "malformed", "The request is malformed"


class Misframed(Malformed):
    """Two parties could see the end of the message in different places: nothing behind it is read
    (RFC 9112 §11.2).
    """

    close = True


class TooManyValues(Malformed):
    """The JSON would take too long to decode, whatever its size."""

    status, code, title = 413, "too-large", "The body is too large"


class Incomplete(Refusal):
    """The client left in the middle of its body."""

    status, code, title, close = 400, "incomplete-body", "The body is incomplete", True


class Unauthenticated(Refusal):
    """Missing or wrong credentials; `headers` carry the `WWW-Authenticate` challenge."""

    status, code, title = 401, "unauthenticated", "The credentials are missing or wrong"


class Forbidden(Refusal):
    """The caller's address is not allowed."""

    status, code, title = 403, "forbidden", "The caller is not allowed"


class NotFound(Refusal):
    """No enabled hook owns the path."""

    status, code, title = 404, "not-found", "No hook has this path"


class NoEndpoint(NotFound):
    """The path is none of the operators' endpoints."""

    status, code, title = 404, "no-endpoint", "No endpoint has this path"


class NoSuchRun(NotFound):
    """An operator asks for a run that is not stored, or not any more."""

    status, code, title = 404, "no-such-run", "No run has this id"


class NoSuchTicket(NotFound):
    """A caller asks for an outcome with a ticket that opens nothing."""

    status, code, title = 404, "no-such-ticket", "No run has this ticket"


class KeepsNoRuns(NotFound):
    """An operator asks for runs, and the gateway has no place for any."""

    status, code, title = 404, "keeps-no-runs", "The gateway keeps no runs"


class MethodNotAllowed(Refusal):
    """The path is owned, the method is not; `headers` carry `Allow`."""

    status, code, title = 405, "method-not-allowed", "The path does not accept this method"


class BodyTimeout(Refusal):
    """The body did not arrive before its deadline, or slower than the minimum rate."""

    status, code, title, close = 408, "body-timeout", "The body did not arrive in time", True


class Conflict(Refusal):
    """What an operator asks for does not go with the state of a run or of its hook."""

    status, code, title = 409, "conflict", "The request conflicts with the current state"


class TooLarge(Refusal):
    """The body is over the limit."""

    status, code, title, close = 413, "too-large", "The body is too large", True


class UriTooLong(Refusal):
    """The request target is over the limit."""

    status, code, title, close = 414, "uri-too-long", "The URL is too long", True


class UnsupportedMedia(Refusal):
    """The body is of a type that the hook's rules cannot read."""

    status, code, title = 415, "unsupported-media-type", "The body's media type is not supported"


class NoMatch(Refusal):
    """The request does not match."""

    status, code, title = 422, "no-match", "The request does not match"


class Unmappable(Refusal):
    """The request matches, but what the workflow is sent, or the answer, cannot be made of it."""

    status, code, title = 422, "cannot-map", "The request does not have the needed data"


class TooManyRequests(Refusal):
    """Over a rate limit; `headers` carry `Retry-After`."""

    status, code, title = 429, "too-many-requests", "Too many requests"


class HeadersTooLarge(Refusal):
    """More header fields than the limit."""

    status, code, title, close = 431, "headers-too-large", "The headers are too large", True


class Unavailable(Refusal):
    """Overloaded, out of service, or shutting down; `headers` carry `Retry-After`."""

    status, code, title = 503, "unavailable", "The hook cannot answer now"


def out_of_service() -> Unavailable:
    """For a hook that lost what it needs after its guards had found it."""
    return Unavailable("The hook is out of service.", ((b"retry-after", b"30"),))


class WorkflowFailure(GatewayError):  # noqa: N818
    """The activation failed; `reason` is shown to the caller, the workflow's body is not.

    `status_code` is what the workflow answered, if it did. `kind` is `status` where that is the
    failure, else `timeout`, `unreachable` or `unusable`. `logged` tells operators more.
    """

    status: ClassVar[int] = 502
    KIND: ClassVar[str] = "unusable"

    def __init__(
        self, reason: str, status_code: int | None = None, kind: str = "", logged: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_code = status_code
        self.kind = kind or self.KIND
        self.logged = logged or reason


class Unsent(WorkflowFailure):
    """The workflow was not called: what it would have been sent is not valid."""


class WorkflowTimeout(WorkflowFailure):
    """The workflow did not answer before its deadline."""

    status = 504
    KIND = "timeout"
    BEGINS: ClassVar = "the workflow did not answer within"
    """How the reason begins: of an attempt that is stored, nothing else tells it apart."""


def failure_of(reason: str, status_code: int | None) -> WorkflowFailure:
    """The failure of an attempt of which only this is known."""
    if status_code is None and reason.startswith(WorkflowTimeout.BEGINS):
        return WorkflowTimeout(reason)
    return WorkflowFailure(reason, status_code)

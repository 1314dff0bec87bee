"""Who may use the operators' endpoints: the bearer of the admin token."""

from __future__ import annotations

from msgspec import UNSET

from gateway.compile.check import Check
from gateway.compile.exchange import Exchange
from gateway.compile.guards import compile_authentication
from gateway.errors import Forbidden, Unauthenticated, Unavailable
from gateway.language.spec import BearerAuthentication
from gateway.language.spec.authentication import Token
from gateway.operate.admin_token import unfit
from gateway.runtime.runtime import Runtime
from gateway.runtime.secret import Cell

REALM = "gateway admin"
"""No hook can have this name: failures are counted by it."""
RETRY_LATER = ((b"retry-after", b"30"),)


class AdminGuard:
    """Asks for the admin token: a secret as it is now, or the one that was made at the start.

    Wrong tokens are limited like those of a hook.
    """

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._cell: Cell | None = None
        self._checks: tuple[Check, ...] = ()
        token = None
        if settings.admin_token:
            self._cell = runtime.secrets.cell("secret", settings.admin_token)
            token = Token(secret=settings.admin_token)
        elif settings.admin_token_sha256:
            token = Token(sha256=settings.admin_token_sha256)
        if token is not None:
            spec = BearerAuthentication(tokens=[token])
            self._checks = compile_authentication(spec, REALM, UNSET, runtime).checks

    async def __call__(self, exchange: Exchange) -> None:
        """Raises Forbidden where there is no admin token, Unavailable while it cannot be used,
        Unauthenticated and TooManyRequests.
        """
        if not self._checks:
            raise Forbidden(
                "This endpoint is closed: the gateway was started without --admin-token."
            )
        if self._cell is not None and (problem := unfit(self._cell)):
            raise Unavailable(
                "The admin token cannot be used now; see the gateway's log.",
                RETRY_LATER,
                reason=problem,
            )
        try:
            for check in self._checks:
                waits = check(exchange)
                if waits is not None:
                    await waits
        except Unauthenticated as refusal:
            detail = "This endpoint requires the admin token, as a bearer token."
            raise Unauthenticated(detail, refusal.headers) from None

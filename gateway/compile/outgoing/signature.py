"""Signatures of invocations, over what is sent and at the time when it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from gateway.compile.guards.credentials import prepared_reference
from gateway.compile.needs import Need
from gateway.compile.signatures import SigningKey, compile_signer
from gateway.compile.signatures.request import Request
from gateway.errors import out_of_service
from gateway.language.spec.outgoing import SignatureWorkflowAuthentication
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime
from gateway.wire.client import Endpoint
from gateway.wire.client.head import line

Ready = Callable[[], Awaitable[bytes]]
"""Makes the head of an attempt, with what is signed at its time."""


class SignatureCredentials:
    """Signs each attempt over what is sent, at the time when it is sent."""

    __slots__ = ("_clock", "_keys", "_offloading", "_signer", "needs")

    def __init__(
        self, spec: SignatureWorkflowAuthentication, endpoint: Endpoint, runtime: Runtime
    ) -> None:
        self._signer = compile_signer(spec, f"{endpoint.scheme}://{endpoint.authority}")
        make = self._signer.prepare_key
        self._keys = tuple(prepared_reference(one, make, runtime) for one in spec.secrets)
        self.needs: tuple[Need, ...] = self._keys
        self._clock = runtime.clock
        self._offloading = runtime.offloading

    def seal(self, head: bytes, body: bytes, run: str) -> Ready:
        """What completes `head`, which lacks its end, as often as it is sent; each time it is
        signed anew with the keys of now. Raises Unavailable while one of them is missing.
        """
        keys = [key for one in self._keys if (key := one.value()) is not None]
        if len(keys) != len(self._keys):
            raise out_of_service()
        method, target, _ = head[: head.index(b"\r\n")].split(b" ")
        path, _, query = target.partition(b"?")
        request = Request(method, (), body, query, path)
        sign = partial(self._sign, request, keys, run)

        async def ready() -> bytes:
            small = len(body) <= SMALL
            lines = sign() if small else await self._offloading.run(len(body), sign)
            return b"%b%b\r\n" % (head, lines)

        return ready

    def _sign(self, request: Request, keys: list[SigningKey], run: str) -> bytes:
        signed = self._signer.sign(request, keys, self._clock(), run)
        return b"".join(line(name.encode(), value.encode()) for name, value in signed.headers)

"""Who sends a sample: what its credentials would tell of the sender."""

from __future__ import annotations

import time
from typing import Any

from msgspec import UNSET

from gateway.compile.sample_needs import compared, completed, filled_of
from gateway.compile.sample_values import document
from gateway.compile.sender import NOBODY, Sender
from gateway.language.signed import sender_of
from gateway.language.spec import (
    BasicAuthentication,
    Hook,
    JwtAuthentication,
    SignatureAuthentication,
)
from gateway.language.template import CLAIMS


def sample_sender(hook: Hook) -> Sender:
    """The sender as far as it is known before the credentials are made: not its message's id."""
    match hook.authentication:
        case BasicAuthentication(users=users):
            return Sender(username=users[0].username)
        case JwtAuthentication() as spec:
            return Sender(claims=claims_of(hook, spec))
        case SignatureAuthentication(scheme=scheme):
            timed = sender_of(scheme).scheme.timestamp is not UNSET
            return Sender(timestamp=int(time.time()) if timed else None)
    return NOBODY


def claims_of(hook: Hook, spec: JwtAuthentication) -> dict[str, Any]:
    """The claims that the hook asks for, without the times of a token."""
    audience = spec.audience if isinstance(spec.audience, str) else spec.audience[0]
    begun = {} if spec.claims is UNSET else document(spec.claims)
    wanted, _ = completed(begun, [*filled_of(hook), *compared(hook)], CLAIMS)
    return {**(wanted if isinstance(wanted, dict) else {}), "iss": spec.issuer, "aud": audience}

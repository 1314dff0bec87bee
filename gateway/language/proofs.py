"""The header in which a hook's callers prove who they are."""

from __future__ import annotations

from msgspec import UNSET

from gateway.language.signed import sender_of
from gateway.language.spec import ApiKeyAuthentication, Hook, SignatureAuthentication

CREDENTIALS = frozenset(
    {
        *("authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token", "x-access-token"),
        *("x-csrf-token", "x-amz-security-token", "x-gitlab-token", "x-vault-token"),
        *("api-key", "apikey", "private-token"),
    }
)
"""What commonly carries a secret."""


def proof_headers(hook: Hook) -> frozenset[str]:
    """The header of the hook's API key or of its signature in lower case, if it has one."""
    match hook.authentication:
        case ApiKeyAuthentication(header=header):
            pass
        case SignatureAuthentication(scheme=scheme):
            header = sender_of(scheme).scheme.header
        case _:
            return frozenset()
    return frozenset() if header is UNSET else frozenset({header.lower()})

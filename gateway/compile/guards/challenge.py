"""The 401 that every guard answers: constant, so that it tells nothing about credentials."""

from __future__ import annotations

from gateway.errors import Unauthenticated


def challenge(
    scheme: str, realm: str, extra: str = "", detail: str = "", reason: str = ""
) -> Unauthenticated:
    """A refusal with its `WWW-Authenticate` header (RFC 9110 §11.6.1); `reason` is for the log.

    A new one each time: an exception that is raised again keeps the frames of every time before.
    """
    value = f'{scheme} realm="{realm}"{extra}'
    return Unauthenticated(
        detail or f"This hook requires valid {scheme} credentials.",
        ((b"www-authenticate", value.encode("ascii")),),
        reason,
    )

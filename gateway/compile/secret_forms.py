"""What the secrets of a hook must look like: one judgement, for the server and for validation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from gateway.compile.outgoing.headers import credential_line
from gateway.language.inputs import workflow_of
from gateway.language.signed import sender_of
from gateway.language.spec import Hook, JwtAuthentication, SignatureAuthentication
from gateway.language.spec.outgoing import (
    SignatureWorkflowAuthentication,
    WorkflowAuthentication,
)

if TYPE_CHECKING:
    from gateway.language.yaml12 import Steps  # the parser, which workers do without

_QUOTES = (b'"', b"'", b"`")
_PEM = b"-----BEGIN "


def form_of(hook: Hook, steps: Steps) -> Callable[[bytes], object]:
    """What makes a key of the secret that a hook refers to at `steps`. It raises ValueError, with a
    sentence that holds no part of the secret, for one that cannot be used.
    """
    if steps[:2] == ("authentication", "secrets"):
        match hook.authentication:
            case SignatureAuthentication() as spec:
                from gateway.compile.signatures import compile_scheme

                return compile_scheme(spec).verifier.prepare_key
            case JwtAuthentication(algorithms=algorithms):
                from gateway.runtime.token_keys import from_secret

                return partial(from_secret, wanted=algorithms)
    if steps[:2] == ("workflow", "authentication"):
        return _for_workflow(workflow_of(hook).authentication)
    return bytes


def _for_workflow(authentication: WorkflowAuthentication) -> Callable[[bytes], object]:
    if not isinstance(authentication, SignatureWorkflowAuthentication):
        return partial(credential_line, authentication)
    from gateway.compile.signatures import compile_signer

    return compile_signer(authentication, "http://workflow").prepare_key


def doubts(hook: Hook, steps: Steps, value: bytes) -> Iterator[str]:
    """What is odd about a secret, as the end of a sentence; it holds no part of the secret."""
    if value.startswith(_PEM):
        return
    if value != value.strip():
        yield "starts or ends with a space or a line break"
    if len(value) > 1 and value[:1] == value[-1:] and value.startswith(_QUOTES):
        yield "is in quotes"
    if steps[:2] == ("authentication", "secrets"):
        yield from _without_beginning(hook, value)


def _without_beginning(hook: Hook, value: bytes) -> Iterator[str]:
    if not isinstance(hook.authentication, SignatureAuthentication):
        return
    begins = sender_of(hook.authentication.scheme).begins
    if begins and not value.startswith(begins.encode()):
        yield f"does not start with '{begins}', as secrets of {hook.authentication.scheme} must"

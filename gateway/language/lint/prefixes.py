"""Prefixes that run into the value behind them, as a blank is lost at the end of a YAML scalar."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UnsetType

from gateway.language.inputs import workflow_of
from gateway.language.mistake import Mistake
from gateway.language.signed import variants
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.outgoing import (
    HeaderWorkflowAuthentication,
    SignatureWorkflowAuthentication,
)
from gateway.language.spec.scheme import Scheme
from gateway.language.yaml12 import Steps


def check(hook: Hook) -> Iterator[Mistake]:
    """Each prefix of a signature or of a credential that ends like a word."""
    for what, steps, prefix in _prefixes(hook):
        if not isinstance(prefix, UnsetType) and prefix[-1:].isalnum():
            message = f"'{prefix}' runs into the {what}: nothing stands between them"
            hint = f'write what stands between them, in quotes: "{prefix} "'
            yield Mistake("joined-prefix", (*steps, "prefix"), message, hint)


def _prefixes(hook: Hook) -> Iterator[tuple[str, Steps, str | UnsetType]]:
    ours = workflow_of(hook).authentication
    steps: Steps = ("workflow", "authentication")
    for place, written in ((("authentication",), hook.authentication), (steps, ours)):
        if isinstance(written, (SignatureAuthentication, SignatureWorkflowAuthentication)):
            scheme = written.scheme
            for way, variant in variants(scheme) if isinstance(scheme, Scheme) else ():
                yield "signature", (*place, *way), variant.prefix
    if isinstance(ours, HeaderWorkflowAuthentication):
        yield "value", steps, ours.prefix

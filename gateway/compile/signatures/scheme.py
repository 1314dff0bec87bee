"""A signature scheme compiled to what verifies and to what signs: one notion of a scheme."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import UNSET

from gateway.compile.signatures.layout import Layout
from gateway.compile.signatures.outcomes import BadScheme
from gateway.compile.signatures.signer import Signer
from gateway.compile.signatures.twilio import public_urls
from gateway.compile.signatures.verifier import Verifier
from gateway.language.lint.outgoing import outgoing_faults
from gateway.language.lint.signature import faults
from gateway.language.quantities import parse_duration
from gateway.language.signed import sender_of
from gateway.language.spec.outgoing import SignatureWorkflowAuthentication
from gateway.language.spec.signature import SignatureAuthentication


class CompiledScheme(NamedTuple):
    """The two sides of one scheme."""

    verifier: Verifier
    signer: Signer


def compile_scheme(spec: SignatureAuthentication) -> CompiledScheme:
    """The scheme of an authentication. Raises BadScheme with everything that is wrong with it."""
    sender = sender_of(spec.scheme)
    if wrong := [sentence for _, sentence, _ in faults(spec)]:
        raise BadScheme("; ".join(wrong))
    tolerance = parse_duration(sender.tolerance if spec.tolerance is UNSET else spec.tolerance)
    urls = () if spec.public_url is UNSET else public_urls(spec.public_url)
    layout = Layout(sender.scheme, tolerance, urls)
    return CompiledScheme(Verifier(layout), Signer(layout))


def compile_signer(spec: SignatureWorkflowAuthentication, origin: str) -> Signer:
    """What signs the invocations of a workflow; `origin` is the scheme and the host of its URL.
    Raises BadScheme with everything that is wrong with the scheme.
    """
    if wrong := [sentence for _, sentence, _ in outgoing_faults(spec)]:
        raise BadScheme("; ".join(wrong))
    return Signer(Layout(sender_of(spec.scheme).scheme, 0, (origin.encode(),)))

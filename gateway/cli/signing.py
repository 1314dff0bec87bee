"""Proofs that are made for one request and soon expire: signatures, and signed tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256

import msgspec
from msgspec import UNSET

from gateway.cli.credentials import Wallet, with_credentials
from gateway.cli.curl import Call
from gateway.compile.signatures import CannotSign, Signed, compile_scheme
from gateway.compile.signatures.members import Member, written
from gateway.compile.signatures.request import request_of
from gateway.errors import OperatorError
from gateway.language.signed import sender_of
from gateway.language.spec import Hook, JwtAuthentication, SignatureAuthentication

FORM = "application/x-www-form-urlencoded"


def prove(hook: Hook, call: Call, wallet: Wallet, now: float) -> Call:
    """The call with what the hook asks of its callers. Raises OperatorError where that cannot be
    made from what is at hand.
    """
    match hook.authentication:
        case SignatureAuthentication():
            return _signed(hook.authentication, call, wallet, now)
        case JwtAuthentication():
            from gateway.cli.minting import with_token

            return with_token(hook, hook.authentication, call, wallet, now)
    return with_credentials(hook, call, wallet)


def _signed(spec: SignatureAuthentication, call: Call, wallet: Wallet, now: float) -> Call:
    signer, sender = compile_scheme(spec).signer, sender_of(spec.scheme)
    stamp = signer.body_timestamp(now)
    call = _with_members(call, [] if stamp is None else [stamp], "the time of signing")
    if "{form}" in sender.scheme.signed:
        call = _digested(call)

    query, typed = call.query_string.encode(), [(b"content-type", call.content_type.encode())]
    request = request_of(call.method, typed, call.body or b"", query, call.path)

    try:
        signer.check(request)
    except CannotSign as error:
        raise OperatorError(str(error)) from None

    def sign(secret: bytes) -> Signed:
        name = f"msg_{secrets.token_hex(12)}"
        return signer.sign(request, [signer.prepare_key(secret)], now, name)

    signed: Signed = wallet.first(sign, spec.secrets)
    call = _with_members(call, signed.members, "its signature")
    if sender.scheme.timestamp is not UNSET:
        tolerance = sender.tolerance if spec.tolerance is UNSET else spec.tolerance
        wallet.notes.append(f"the signature is valid for {tolerance}")
    return msgspec.structs.replace(call, headers=(*call.headers, *signed.headers))


def _with_members(call: Call, members: Sequence[Member], what: str) -> Call:
    """The call with `what` in its body, for senders that write it there."""
    if not members:
        return call
    try:
        body = written(call.body or b"", members)
    except LookupError as where:
        raise OperatorError(
            f"this sender writes {what} into the body at {where.args[0]}, "
            "but this body does not have it"
        ) from None
    return msgspec.structs.replace(call, body=body, file=None, content_type="application/json")


def _digested(call: Call) -> Call:
    """The call with the digest of its body in the URL, as Twilio covers what is no form."""
    typed = call.content_type.partition(";")[0].strip().lower()
    names = [name for name, _ in call.query]
    if not call.body or typed == FORM or "bodySHA256" in names:
        return call
    digest = ("bodySHA256", sha256(call.body).hexdigest())
    return msgspec.structs.replace(call, query=(*call.query, digest))

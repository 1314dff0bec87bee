"""Twilio signs the URL and the parameters of the form, not the body's bytes: {url} and {form}.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security and Twilio's own validator,
https://github.com/twilio/twilio-python/blob/main/twilio/request_validator.py
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from gateway.compile.signatures.encodings import from_hex
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Request

MAX_PARAMETERS = 1000
_DIGEST = b"bodySHA256"
_FORM = b"application/x-www-form-urlencoded"
_DEFAULT_PORTS = {"https": 443, "http": 80}


def public_urls(public_url: str) -> tuple[bytes, ...]:
    """The URL with its port and without it: Twilio signs either, and its validators take both."""
    parts = urlsplit(public_url.removesuffix("/") if public_url.count("/") == 3 else public_url)
    host = parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return tuple(
        parts._replace(netloc=netloc).geturl().encode() for netloc in (host, f"{host}:{port}")
    )


def signed_form(request: Request) -> bytes:
    """The form's parameters as they are signed: sorted, each name followed by its values.

    Any other body is covered by its SHA-256 digest, which the signed URL carries as `bodySHA256`;
    then nothing is added. A digest that is there must hold, for a form and without a body as well:
    it says that the sender sent this body. Raises Unverified for a body that neither way covers.
    """
    digests = _digests(request.query_string)
    if digests and not _hold(digests, request.body):
        raise Unverified("body-digest-wrong")
    if not request.body:
        return b""
    if request.media_type() == _FORM:
        return _sorted_parameters(request.body)
    if not digests:
        raise Unverified("body-unsigned")
    return b""


def _sorted_parameters(body: bytes) -> bytes:
    parameters = sorted(set(_parameters(body)))
    return "".join(name + value for name, value in parameters).encode()


def _parameters(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise Unverified("body-unsigned") from None


def _digests(query: bytes) -> list[bytes]:
    """What the URL says of the body's digest; Twilio writes the name without escapes."""
    pairs = [pair.partition(b"=") for pair in query.split(b"&")]
    return [value for name, _, value in pairs if name == _DIGEST]


def _hold(digests: list[bytes], body: bytes) -> bool:
    """Whether there is one digest, and it is that of the body."""
    expected = from_hex(digests[0]) if len(digests) == 1 else None
    return expected is not None and hmac.compare_digest(sha256(body).digest(), expected)

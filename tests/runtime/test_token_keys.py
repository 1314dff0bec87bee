"""A published key is used for what it is for, and what is no key is passed over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.runtime.token_keys import BadKey, TokenKey, from_jwk
from tests.support.thorough import cases
from tests.support.tokens import jwk

RSA = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}


@pytest.mark.parametrize(
    ("kind", "algorithms"),
    [
        ("rsa-2048", RSA),
        ("P-256", {"ES256"}),
        ("P-384", {"ES384"}),
        ("P-521", {"ES512"}),
        ("Ed25519", {"EdDSA"}),
    ],
)
def test_a_key_has_the_algorithms_of_its_kind(kind: str, algorithms: set[str]) -> None:
    assert from_jwk(jwk(kind, "a")).algorithms == algorithms
    for algorithm in sorted(algorithms):
        assert from_jwk(jwk(kind, "a", alg=algorithm)).algorithms == {algorithm}


def test_what_a_key_says_about_itself_is_kept_to() -> None:
    assert from_jwk(jwk("P-256", use="sig", key_ops=["verify"], alg="ES256")).id is None
    assert from_jwk(jwk("P-256", "a", x5c=["MIIB"], x5t="x", other={})).id == "a"


OTHERS: list[dict[str, Any]] = [
    {},
    {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"},
    {"kty": "oct", "k": "", "alg": "HS256"},
    {"kty": ["RSA"]},
    {"kty": "RSA"},
    {"kty": "RSA", "n": 1, "e": 2},
    {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    jwk("rsa-1024"),
    jwk("rsa-2048", use="enc"),
    jwk("rsa-2048", use=None),
    jwk("rsa-2048", key_ops=["encrypt"]),
    jwk("rsa-2048", key_ops=[]),
    jwk("rsa-2048", key_ops="verify"),
    jwk("rsa-2048", key_ops=1),
    jwk("rsa-2048", alg="RSA-OAEP"),
    jwk("rsa-2048", alg="HS256"),
    jwk("rsa-2048", alg="none"),
    jwk("rsa-2048", alg="ES256"),
    jwk("rsa-2048", alg=["RS256"]),
    jwk("rsa-2048", alg=None),
    jwk("rsa-2048", kid=1),
    jwk("rsa-2048", d="AQAB"),
    jwk("rsa-2048", e="AA"),
    jwk("P-256", alg="ES384"),
    jwk("P-256", alg="ES256K"),
    jwk("P-256", crv="P-384"),
    jwk("P-256", crv=None),
    jwk("P-256", d="AQAB"),
    jwk("P-256", x=jwk("P-256", number=1)["x"]),
    jwk("P-256", x="A" * 43),
    jwk("secp256k1"),
    jwk("Ed448"),
    jwk("Ed25519", x="AA"),
    jwk("Ed25519", crv="X25519"),
]


@pytest.mark.parametrize("entry", OTHERS, ids=map(str, range(len(OTHERS))))
def test_everything_else_is_no_key(entry: dict[str, Any]) -> None:
    with pytest.raises(BadKey):
        from_jwk(entry)


def test_a_key_cannot_be_printed() -> None:
    assert repr(TokenKey(b"secret", frozenset({"HS256"}))) == "TokenKey(***)"


VALUES = st.none() | st.integers() | st.text(max_size=50) | st.lists(st.text(max_size=5))
MEMBERS = st.sampled_from(["kty", "n", "e", "crv", "x", "y", "alg", "use", "key_ops", "kid", "k"])


@given(st.sampled_from(["rsa-2048", "P-256", "Ed25519"]), st.dictionaries(MEMBERS, VALUES))
@settings(max_examples=cases(500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_published_is_a_key_or_passed_over(kind: str, changed: dict[str, Any]) -> None:
    try:
        key = from_jwk({**jwk(kind), **changed})
    except BadKey:
        return
    assert key.algorithms <= RSA | {"ES256", "EdDSA"}
    assert hasattr(key.material, "verify")

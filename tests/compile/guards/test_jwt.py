"""A token opens a hook when its issuer signed it for us, and nothing else does."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compile.guards.callers import Door
from tests.support import tokens
from tests.support.thorough import cases
from tests.support.tokens import AUDIENCE, ISSUER, SHARED, claims, forge, mint, private_key

HS256 = {"alg": "HS256", "typ": "JWT"}
FUZZ = settings(
    max_examples=cases(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _door(directory: Path, algorithm: str | list[str], secret: Any, **written: Any) -> Door:
    algorithms = algorithm if isinstance(algorithm, list) else [algorithm]
    authentication = {
        "type": "jwt",
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "algorithms": algorithms,
        "secrets": [{"secret": "key"}],
        **written,
    }
    return Door(directory, authentication, {"key": secret})


def _outcome(door: Door, token: str | bytes, scheme: str = "Bearer") -> str:
    """Empty where the token opens the hook; the caller is told the same whatever the reason."""
    text = token.encode("utf-8") if isinstance(token, str) else token
    headers = [(b"authorization", scheme.encode() + b" " + text)]
    exchange, refusal = asyncio.run(door.knock(headers))
    if refusal is None:
        return ""
    assert (refusal.status, refusal.detail) == (
        401,
        "This hook requires valid Bearer credentials.",
    )
    challenge = b'Bearer realm="door", error="invalid_token"'
    assert refusal.headers == ((b"www-authenticate", challenge),)
    return exchange.outcome


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return _door(tmp_path, "HS256", SHARED)


KINDS = [
    ("HS256", None),
    ("HS384", None),
    ("RS256", "rsa-2048"),
    ("RS384", "rsa-2048"),
    ("RS512", "rsa-2048"),
    ("PS256", "rsa-2048"),
    ("PS384", "rsa-2048"),
    ("PS512", "rsa-2048"),
    ("ES256", "P-256"),
    ("ES384", "P-384"),
    ("ES512", "P-521"),
    ("EdDSA", "Ed25519"),
]


@pytest.mark.parametrize(("algorithm", "kind"), KINDS)
def test_a_token_of_every_algorithm_opens_the_hook(
    tmp_path: Path, algorithm: str, kind: str | None
) -> None:
    door = _door(tmp_path, algorithm, SHARED if kind is None else tokens.pem(kind))
    assert [need.problem for need in door.guarding.needs] == [""]
    assert _outcome(door, mint(private_key(kind) if kind else SHARED, algorithm)) == ""
    other = private_key(kind, 1) if kind else SHARED[::-1]
    assert _outcome(door, mint(other, algorithm)) == "signature-wrong"


def test_a_secret_as_long_as_the_longest_hash_is_long_enough(tmp_path: Path) -> None:
    door = _door(tmp_path, ["HS256", "HS512"], "k" * 64)
    assert _outcome(door, mint("k" * 64, "HS512")) == ""
    assert _outcome(door, mint("k" * 64, "HS256")) == ""


def test_the_scheme_is_written_in_any_case(door: Door) -> None:
    assert _outcome(door, mint(), "bEARER") == ""


def test_a_request_without_a_token_is_told_that_one_is_missing(door: Door) -> None:
    refusal = asyncio.run(door.knock([]))[1]
    assert refusal is not None
    assert refusal.headers == ((b"www-authenticate", b'Bearer realm="door"'),)


CHANGED: list[tuple[str, dict[str, Any]]] = [
    ("token-expired", {"exp": 1}),
    ("token-expired", {"exp": int(time.time()) - 31}),
    ("token-malformed", {"exp": -(10**30)}),
    ("token-malformed", {"exp": True}),
    ("token-malformed", {"exp": "soon"}),
    ("token-malformed", {"exp": [1]}),
    ("token-early", {"nbf": int(time.time()) + 600}),
    ("token-malformed", {"nbf": 10**30}),
    ("token-early", {"iat": int(time.time()) + 600}),
    ("token-malformed", {"nbf": {}}),
    ("issuer-wrong", {"iss": "https://issuer.example/"}),
    ("issuer-wrong", {"iss": "https://other.example"}),
    ("audience-wrong", {"aud": "somebody else"}),
    ("audience-wrong", {"aud": ["a", "b"]}),
    ("audience-wrong", {"aud": [AUDIENCE, 1]}),
    ("audience-wrong", {"aud": {"gateway": 1}}),
    ("claim-missing", {"exp": None}),
    ("claim-missing", {"iss": None}),
    ("claim-missing", {"aud": None}),
    ("claim-missing", {"aud": []}),
    ("claim-missing", {"aud": ""}),
    ("token-malformed", {"sub": 1}),
    ("token-malformed", {"jti": []}),
]


@pytest.mark.parametrize(("outcome", "changed"), CHANGED)
def test_claims_that_do_not_hold_open_nothing(
    door: Door, outcome: str, changed: dict[str, Any]
) -> None:
    token = forge(HS256, json.dumps(claims(**changed)).encode())
    assert _outcome(door, token) == outcome


NOT_DATES = [
    *('"9999999999"', '"1"', "true", "null", "[9999999999]", "{}"),
    *("9999999999999", "1e300", "1" + "0" * 400, "-1", "NaN", "Infinity", "-Infinity", "1e999"),
]


@pytest.mark.parametrize("written", NOT_DATES)
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_a_date_that_is_no_number_of_seconds_opens_nothing(
    door: Door, name: str, written: str
) -> None:
    own = json.dumps({other: value for other, value in claims().items() if other != name})
    token = forge(HS256, f'{own[:-1]}, "{name}": {written}}}'.encode())
    assert _outcome(door, token) in ("token-malformed", "claim-missing")


def test_a_date_may_have_a_fraction(door: Door) -> None:
    assert _outcome(door, mint(exp=time.time() + 60.5, nbf=time.time() - 60.5)) == ""


def test_an_issuer_that_is_no_text_opens_nothing(door: Door) -> None:
    for issuer in ([ISSUER], {"iss": ISSUER}, 1, True):
        token = forge(HS256, json.dumps({**claims(), "iss": issuer}).encode())
        assert _outcome(door, token) == "issuer-wrong"


def test_clocks_may_differ_by_the_leeway_and_by_five_minutes_at_most(tmp_path: Path) -> None:
    now = int(time.time())
    for leeway, late, outcome in (
        ("30s", 20, ""),
        ("10s", 20, "token-expired"),
        ("9d", 290, ""),
        ("9d", 330, "token-expired"),
    ):
        door = _door(tmp_path, "HS256", SHARED, leeway=leeway)
        assert _outcome(door, mint(exp=now - late)) == outcome


def test_one_audience_of_several_is_enough(tmp_path: Path) -> None:
    door = _door(tmp_path, "HS256", SHARED, audience=["a", "b"])
    assert _outcome(door, mint(aud="b")) == ""
    assert _outcome(door, mint(aud=["x", "a"])) == ""
    assert _outcome(door, mint(aud=["x", "ab"])) == "audience-wrong"


def test_claims_are_matched_with_operators(tmp_path: Path) -> None:
    conditions = {"scope": {"contains": "deploy"}, "/org/id": 7, "admin": {"exists": False}}
    door = _door(tmp_path, "HS256", SHARED, claims=conditions)
    fitting: dict[str, Any] = {"scope": "read deploy", "org": {"id": 7}}
    assert _outcome(door, mint(**fitting)) == ""
    others: list[dict[str, Any]] = [
        {"scope": "read"},
        {"org": {"id": "7"}},
        {"org": {}},
        {"admin": False},
    ]
    for changed in others:
        assert _outcome(door, mint(**{**fitting, **changed})) == "claim-refused"


def test_an_unsigned_token_opens_nothing(door: Door) -> None:
    payload = json.dumps(claims()).encode()
    for algorithm in ("none", "None", "NONE", "", None, [], ["HS256"], {"HS256": 1}, 1, "HS999"):
        header = json.dumps({"alg": algorithm}).encode()
        assert _outcome(door, forge(header, payload)) == "algorithm-refused"
        bare = tokens.encode(header) + b"." + tokens.encode(payload) + b"."
        assert _outcome(door, bare) == "algorithm-refused"
    assert _outcome(door, forge(b"{}", payload)) == "algorithm-refused"


@pytest.mark.parametrize("form", ["pem", "pem-stripped", "der", "jwk", "jwks"])
@pytest.mark.parametrize("algorithms", [["RS256"], ["RS256", "HS256"], ["HS256", "RS256"]])
def test_a_public_key_never_becomes_a_shared_secret(
    tmp_path: Path, form: str, algorithms: list[str]
) -> None:
    pem = tokens.pem("rsa-2048")
    entry = tokens.jwk("rsa-2048")
    texts = {
        "pem": pem.encode(),
        "pem-stripped": pem.strip().encode(),
        "der": tokens.der("rsa-2048"),
        "jwk": json.dumps(entry).encode(),
        "jwks": json.dumps({"keys": [entry]}).encode(),
    }
    door = _door(tmp_path, algorithms, pem)
    forged = forge(HS256, json.dumps(claims()).encode(), texts[form])
    assert _outcome(door, forged) in ("algorithm-refused", "key-unknown")
    assert _outcome(door, mint(private_key("rsa-2048"), "RS256")) == ""


@pytest.mark.parametrize(
    ("algorithm", "secret", "said"),
    [
        ("HS256", "k" * 31, "it has 31 bytes; HS256 needs at least 32"),
        ("HS512", "k" * 32, "it has 32 bytes; HS512 needs at least 64"),
        ("HS256", tokens.pem("rsa-2048"), "it is not a key for HS256"),
        ("HS256", tokens.der("P-256"), "it is a public key"),
        ("HS256", json.dumps(tokens.jwk("P-256")), "it is a public key"),
        ("HS256", json.dumps({"keys": [tokens.jwk("P-256")]}), "it is a public key"),
        ("RS256", SHARED, "it is not a public key in PEM form"),
        ("RS256", tokens.pem("rsa-1024"), "it is an RSA key of 1024 bits; the minimum is 2048"),
        ("RS256", tokens.pem("P-256"), "it is not a key for RS256"),
        ("ES256", tokens.pem("P-384"), "it is not a key for ES256"),
        ("ES256", tokens.pem("secp256k1"), "it is not a key for ES256"),
        ("ES256", tokens.pem("P-224"), "it is not a key for ES256"),
        ("EdDSA", tokens.pem("Ed448"), "it is not a key for EdDSA"),
        ("EdDSA", "-----BEGIN PUBLIC KEY-----", "it is not a public key in PEM form"),
    ],
    ids=map(str, range(14)),
)
def test_what_cannot_be_a_key_takes_the_hook_out_of_service(
    tmp_path: Path, algorithm: str, secret: Any, said: str
) -> None:
    door = _door(tmp_path, algorithm, secret)
    (problem,) = [need.problem for need in door.guarding.needs]
    assert problem.startswith(f"secret 'key' cannot be used: {said}")
    assert str(secret)[:20] not in problem
    assert _outcome(door, mint()) in ("key-unknown", "algorithm-refused")


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path) -> None:
    private = private_key("P-256").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    door = _door(tmp_path, "ES256", private)
    assert door.guarding.needs[0].problem.endswith("it is not a public key in PEM form")


def test_secrets_rotate_without_a_moment_between(tmp_path: Path) -> None:
    both = [{"secret": "key"}, {"secret": "next"}]
    door = _door(tmp_path, "HS256", SHARED, secrets=both)
    assert door.guarding.needs[1].problem == "secret 'next' is missing"
    assert _outcome(door, mint()) == ""
    door.put("next", "n" * 32)
    door.runtime.secrets.refresh()
    assert not any(need.problem for need in door.guarding.needs)
    assert _outcome(door, mint()) == _outcome(door, mint("n" * 32)) == ""
    door.put("key", "o" * 32)
    door.runtime.secrets.refresh()
    assert _outcome(door, mint()) == "signature-wrong"
    assert _outcome(door, mint("n" * 32)) == ""


def test_an_expired_secret_verifies_nothing(tmp_path: Path) -> None:
    entry = {"secret": "key", "expires": "2020-01-01T00:00:00Z"}
    assert _outcome(_door(tmp_path, "HS256", SHARED, secrets=[entry]), mint()) == "key-unknown"


@pytest.mark.parametrize(
    "extra",
    [
        b'"crit":["exp"]',
        b'"crit":[]',
        b'"crit":null',
        b'"b64":false',
        b'"b64":true',
        b'"b64":false,"crit":["b64"]',
        b'"kid":1',
        b'"kid":["a"]',
        b'"alg":"HS256"',
        b'"kid":"a","kid":"b"',
        b'"x":NaN',
        b'"x":' + b"[" * 5000 + b"]" * 5000,
        b'"x":"\xff"',
    ],
)
def test_a_header_that_could_mean_something_else_is_refused(door: Door, extra: bytes) -> None:
    header = b'{"alg":"HS256",' + extra + b"}"
    assert _outcome(door, forge(header, json.dumps(claims()).encode())) == "token-malformed"


def test_claims_that_two_parsers_could_read_differently_are_refused(door: Door) -> None:
    sound = json.dumps(claims())[1:-1].encode()
    for payload in (
        b"{" + sound + b',"sub":"admin"}',
        b"{" + sound + b',"x":{"a":1,"a":2}}',
        b"{" + sound + b',"x":NaN}',
        b"{" + sound + b',"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"{" + sound + b',"x":"\xff"}',
        b"\xef\xbb\xbf{" + sound + b"}",
        b"[" + sound.split(b",")[0].partition(b":")[2] + b"]",
        b"",
        b'"text"',
    ):
        assert _outcome(door, forge(HS256, payload)) == "token-malformed"
    assert _outcome(door, forge(HS256, b"{" + sound + b"}")) == ""


def test_a_header_never_says_where_the_key_is(door: Door) -> None:
    own = tokens.jwk("rsa-2048", "own", number=7)
    for members in (
        {"jwk": own},
        {"jku": "http://127.0.0.1:9/jwks", "kid": "own"},
        {"x5u": "http://127.0.0.1:9/cert"},
        {"x5c": ["MIIB"]},
    ):
        token = mint(private_key("rsa-2048", 7), "RS256", members)
        assert _outcome(door, token) == "algorithm-refused"
        assert _outcome(door, mint("x" * 32, "HS256", members)) == "signature-wrong"
        assert _outcome(door, mint(SHARED, "HS256", members)) == ""


MANGLED = [
    "", ".", "..", "...", "a.b", "a.b.c", "a" * 15_000, "a" * 17_000, "." * 10_000, "é.ü.ö",
    mint() + ".", "." + mint(), mint() + " x", mint() + "==", mint() + "\n", mint().upper(),
    mint().replace(".", " "), mint().replace(".", "..", 1), mint()[:-1], mint()[:-4] + "####",
    "x" * (1 << 20), mint(padding="x" * (1 << 20)), mint(padding="x" * 12_500),
]  # fmt: skip


@pytest.mark.parametrize("token", MANGLED, ids=lambda token: token[:8] + str(len(token)))
def test_what_is_no_token_opens_nothing(door: Door, token: str) -> None:
    assert _outcome(door, token) in ("token-malformed", "algorithm-refused", "signature-wrong")


def _padded(token: str) -> list[str]:
    """The token with each of its parts padded in turn."""
    parts = token.split(".")
    return [
        ".".join([*parts[:at], part + "=" * (-len(part) % 4), *parts[at + 1 :]])
        for at, part in enumerate(parts)
        if len(part) % 4
    ]


@pytest.mark.parametrize("ending", ["", "a", "aa"])
def test_a_token_has_one_spelling(door: Door, ending: str) -> None:
    """Base64url without padding or bits left over, and nothing else between (RFC 7515 §2)."""
    token = mint(padding=ending)
    assert _outcome(door, token) == ""
    signature = token.rpartition(".")[2]
    last = chr(ord(signature[-1]) + 1)  # of the last character, two bits are left over
    others = [*_padded(token), token[:-1] + last, token[:9] + "\n" + token[9:], token + "===="]
    assert len(others) >= 4
    assert [_outcome(door, one) for one in others] == ["token-malformed"] * len(others)


def _reason(door: Door, token: str) -> str:
    refusal = asyncio.run(door.knock([(b"authorization", b"Bearer " + token.encode())]))[1]
    assert refusal is not None
    return refusal.reason


def test_the_log_names_the_claim_that_is_wrong_and_never_its_value(tmp_path: Path) -> None:
    door = _door(tmp_path, "HS256", SHARED, claims={"scope": "deploy", "org.id": {"gte": 7}})
    fitting: dict[str, Any] = {"scope": "deploy", "org": {"id": 7}}
    without = {name: value for name, value in claims(**fitting).items() if name != "exp"}
    reasons = {
        "exp": _reason(door, mint(**{**fitting, "exp": 1})),
        "nbf": _reason(door, mint(**fitting, nbf=2**33)),
        "iat": _reason(door, mint(**fitting, iat=2**33)),
        "iss": _reason(door, mint(**fitting, iss="canary")),
        "aud": _reason(door, mint(**fitting, aud="canary")),
        "sub": _reason(door, forge(HS256, json.dumps({**claims(**fitting), "sub": 1}).encode())),
        "scope": _reason(door, mint(**{**fitting, "scope": "canary"})),
        "org.id": _reason(door, mint(**{**fitting, "org": {"id": 6}})),
    }
    assert all(f"The claim '{name}'" in said or f"the claim '{name}'" in said
               for name, said in reasons.items())  # fmt: skip
    assert "canary" not in str(reasons)
    bad_date = forge(HS256, json.dumps({**claims(**fitting), "exp": "canary"}).encode())
    assert _reason(door, bad_date) == "The claim 'exp' is not a number of seconds."
    missing = forge(HS256, json.dumps(without).encode())
    assert _reason(door, missing) == "The claim 'exp' is missing."


def test_bytes_that_are_no_ascii_open_nothing(door: Door) -> None:
    assert _outcome(door, b"\xff\xfe.\x00.\x80") == "token-malformed"
    assert _outcome(door, mint().encode() + b"\xe9") == "token-malformed"


@given(st.integers(0, 10_000), st.integers(0, 7))
@FUZZ
def test_a_flipped_bit_anywhere_closes_the_hook(door: Door, place: int, bit: int) -> None:
    token = bytearray(mint().encode())
    token[place % len(token)] ^= 1 << bit
    assert _outcome(door, bytes(token)) != ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "other"])


@given(st.dictionaries(NAMES, JSON))
@FUZZ
def test_whatever_claims_an_issuer_signs_there_is_an_answer(
    door: Door, changed: dict[str, Any]
) -> None:
    payload = json.dumps({**claims(), **changed}).encode()
    outcome = _outcome(door, forge(HS256, payload))
    assert outcome or changed.get("aud", AUDIENCE) in (AUDIENCE, [AUDIENCE])


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: forge(HS256, text.encode())))
@FUZZ
def test_any_bytes_are_refused_the_same(door: Door, token: str | bytes) -> None:
    assert _outcome(door, token) != ""

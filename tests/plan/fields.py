"""Every key that an author can write, with two values of it.

A struct of the language has a place in a hook, and for each of its keys two mappings of it that
differ in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Mapping = dict[str, Any]

SECRET: Mapping = {"secret": "s"}
SHA, SCRYPT = "0" * 63, "scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + "a" * 42
SOON, LATE = "2030-01-01T00:00:00Z", "2031-01-01T00:00:00+01:00"
SIGNED: Mapping = {"header": "X-S", "signed": "{body}"}
JWT: Mapping = {"issuer": "i", "audience": "a", "algorithms": ["HS256"]}


class Keys(NamedTuple):
    """`place` puts a mapping into a hook; `pairs` has each key's mappings, the old and the new."""

    place: Callable[[Mapping], Mapping]
    pairs: dict[str, tuple[Mapping, Mapping]]


def changes(base: Mapping, **values: tuple[Any, Any]) -> dict[str, tuple[Mapping, Mapping]]:
    """Key → the base with the key's old value, and with its new one; None leaves the key out."""

    def with_(key: str, value: Any) -> Mapping:
        return base if value is None else {**base, key: value}

    named = ((name.rstrip("_"), pair) for name, pair in values.items())
    return {key: (with_(key, was), with_(key, now)) for key, (was, now) in named}


def hook(**keys: Any) -> Mapping:
    return {"name": "a", "workflow": "http://w/", **keys}


def authentication(kind: str, **keys: Any) -> Mapping:
    return hook(authentication={"type": kind, **keys})


def signature(**keys: Any) -> Mapping:
    return authentication("signature", **{"scheme": "github", "secrets": [SECRET], **keys})


def workflow(**keys: Any) -> Mapping:
    return hook(workflow={"url": "http://w/", **keys})


def durable(**keys: Any) -> Mapping:
    return hook(delivery={"type": "durable", **keys})


def _handshake(tag: str) -> Callable[[Mapping], Mapping]:
    return lambda one: hook(handshake={"type": tag, **one})


def _reference() -> dict[str, tuple[Mapping, Mapping]]:
    return changes({}, secret=("a", "b"), env=("a", "b"))


def _credential() -> dict[str, tuple[Mapping, Mapping]]:
    return {**_reference(), **changes(SECRET, expires=(SOON, LATE), label=("a", None))}


def _variant(base: Mapping) -> dict[str, tuple[Mapping, Mapping]]:
    return changes(
        base,
        prefix=("a=", "b="),
        pair=("a", "b"),
        algorithm=("hmac", "ed25519"),
        digest=(None, "sha1"),
        **dict.fromkeys(("encoding", "key"), (None, "base64")),
        min_key=(8, 9),
    )


HOOK = changes(
    hook(),
    name=("a", "b"),
    description=(None, "d"),
    enabled=(None, False),
    path=(None, "/b"),
    method=("GET", ["GET", "PUT"]),
    authentication=(None, {"type": "bearer", "tokens": [SECRET]}),
    allow_from=(None, ["192.0.2.1"]),
    cors=(None, {"origins": ["*"]}),
    limits=(None, {"concurrency": 1}),
    handshake=(None, "dropbox"),
    receive=(None, {"as": "json"}),
    match=(None, {"query": {"a": "1"}}),
    workflow=("http://w/", "http://v/"),
    response=("outputs", "status"),
    delivery=("direct", "durable"),
    deduplicate=(None, {"by": "${body.a}"}),
)
USER = {
    **changes({"password": SECRET}, username=("a", "b")),
    **changes({"username": "a"}, password=(SECRET, {"env": "s"})),
    **changes({"username": "a", "password": SECRET}, expires=(SOON, LATE), label=(None, "b")),
}
JWTS = {
    **changes(
        {**JWT, "secrets": [SECRET]},
        issuer=("i", "j"),
        audience=("a", ["a", "b"]),
        algorithms=(["HS256"], ["HS384"]),
        claims=({"a": 1}, {"a": True}),
        leeway=(None, "31s"),
    ),
    **changes(JWT, jwks=("https://k/", "https://l/"), secrets=([SECRET], [{"env": "s"}])),
}
OPERATORS = changes(
    {},
    **dict.fromkeys(("eq", "ne", "contains"), (1, True)),
    **dict.fromkeys(("in_", "not_in"), ([1, 2], [1, 2.0])),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), (1, 2)),
    **dict.fromkeys(("prefix", "suffix", "pattern"), ("a", "b")),
    exists=(True, False),
    **dict.fromkeys(("any", "all", "none"), ({"a": 1}, {"a": 2})),
    length=(1, {"gte": 1}),
)
LENGTHS = changes(
    {}, **dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte"), (1, 2)), in_=([1], [2])
)
SCHEMES = {
    **_variant(SIGNED),
    **changes({"signed": "{body}"}, header=("X-A", "X-B"), body=("/a", "/b")),
    **changes({"header": "X-S"}, signed=("{body}", "a{body}")),
    **changes({**SIGNED, "format": "list"}, separator=(None, ";")),
    **changes(
        SIGNED,
        format=(None, "list"),
        timestamp=({"header": "X-A"}, {"pair": "a"}),
        id=({"header": "X-A"}, {"header": "X-B"}),
        also=(None, [{"prefix": "a"}]),
    ),
}
TIMESTAMPS = {
    **changes({}, header=("X-A", "X-B"), pair=("a", "b"), body=("/a", "/b")),
    **changes({"header": "X-A"}, unit=(None, "ms")),
}
WORKFLOWS = {
    **changes({}, url=("http://w/a", "http://w/b")),
    **changes(
        {"url": "http://w/"},
        method=(None, "PUT"),
        headers=({"X-A": "a"}, {"X-A": "b"}),
        forward_headers=(None, ["X-A"]),
        query=({"a": 1}, {"a": True}),
        body=({"a": 1}, {"a": 1.0}),
        data=(None, {"a": "${body.a}"}),
        format=(None, "json"),
        authentication=(None, {"type": "bearer", "token": SECRET}),
        tls=(None, {"certificate": SECRET, "key": SECRET}),
        timeout=(None, "11s"),
        retry=(None, {"attempts": 2}),
    ),
}
LIMITS = changes(
    {},
    body=("1MiB", "1KiB"),
    concurrency=(1, 2),
    **dict.fromkeys(("rate", "rate_per_client", "failures"), ("1/1s", "2/1s")),
)
MATCHES = changes(
    {"query": {"a": "1"}},
    body=({"a": 1}, {"a": "1"}),
    headers=({"X-A": "a"}, {"X-A": "b"}),
    path=({"a": "a"}, {"a": "b"}),
    any=([{"body": {"a": 1}}], [{"body": {"a": 1}}, {"body": {"a": 2}}]),
    all=([{"body": {"a": 1}}], [{"body": {"a": {"gte": 1}}}]),
    not_=({"body": {"a": 1}}, {"body": {"a": {"prefix": "a"}}}),
) | changes({}, query=({"a": "1"}, {"a": "2"}))
RULES = MATCHES
MATCHES = RULES | changes({"query": {"a": "1"}}, otherwise=(None, "ignore"))
CHALLENGE: Mapping = {"challenge": "${query.a}"}
CHALLENGES = {
    **changes({}, challenge=("${query.a}", "${query.b}")),
    **changes(
        CHALLENGE,
        method=(None, "POST"),
        where=({"query": {"a": "1"}}, {"query": {"a": "2"}}),
        answer=(None, {"json": "a"}),
        authenticated=(None, True),
    ),
}
RESPONSES = changes(
    {},
    type=("outputs", "status"),
    select=(["a"], ["b"]),
    status=(None, 201),
    headers=({"X-A": "a"}, {"X-A": "b"}),
    body=(None, {"a": 1}),
    failures=(None, [{"workflow": "any", "answer": {"status": 200}}]),
) | changes({"body": "a"}, content_type=(None, "application/json"))
ANSWERS = changes(
    {},
    status=(200, 500),
    headers=({"X-A": "a"}, {"X-A": "b"}),
    body=(None, {"a": 1}),
) | changes({"body": "a"}, content_type=(None, "application/json"))
FAILURES = changes({"answer": "pass"}, workflow=(404, "4xx")) | changes(
    {"workflow": 404}, answer=("pass", "report")
)
DELIVERIES = changes(
    {},
    wait=(None, "1s"),
    prefer=(None, False),
    retry=(None, {"give_up": "1d"}),
    concurrency=(None, 1),
    rate=("1/1s", "2/1s"),
    limit=(None, 1),
    order=(None, {"by": "${body.a}"}),
    retention=(None, {"dead": "1d"}),
)
KEY: Mapping = {"by": "${body.a}"}


KEYS: dict[str, Keys] = {
    "Hook": Keys(lambda one: one, HOOK),
    "NoAuthentication": Keys(lambda one: authentication("none", **one), {}),
    "BasicAuthentication": Keys(
        lambda one: authentication("basic", **one),
        changes({}, users=([USER["username"][0]], [USER["username"][1]])),
    ),
    "User": Keys(lambda one: authentication("basic", users=[one]), USER),
    "Password": Keys(
        lambda one: authentication("basic", users=[{"username": "a", "password": one}]),
        {**_reference(), **changes({}, scrypt=(SCRYPT + "E", SCRYPT + "Q"))},
    ),
    "BearerAuthentication": Keys(
        lambda one: authentication("bearer", **one),
        changes({}, tokens=([SECRET], [{"sha256": SHA + "0"}])),
    ),
    "Token": Keys(
        lambda one: authentication("bearer", tokens=[one]),
        {**_credential(), **changes({}, sha256=(SHA + "0", SHA + "1"))},
    ),
    "ApiKeyAuthentication": Keys(
        lambda one: authentication("api-key", **one),
        changes({"keys": [SECRET]}, header=("X-A", "X-B"), query=("a", "A"), body=("/a", "/A"))
        | changes({"header": "X-A"}, keys=([SECRET], [{"env": "s"}])),
    ),
    "JwtAuthentication": Keys(lambda one: authentication("jwt", **one), JWTS),
    "VerificationKey": Keys(lambda one: authentication("jwt", **JWT, secrets=[one]), _credential()),
    "Operators": Keys(lambda one: hook(match={"body": {"a": one}}), OPERATORS),
    "Length": Keys(lambda one: hook(match={"body": {"a": {"length": one}}}), LENGTHS),
    "Rule": Keys(lambda one: hook(match={"any": [one, {"body": {"b": 1}}]}), RULES),
    "SignatureAuthentication": Keys(
        lambda one: signature(**one),
        changes(
            {},
            scheme=("github", "shopify"),
            secrets=([SECRET], [{"env": "s"}]),
            tolerance=(None, "10m"),
            public_url=("https://a", "https://b"),
            trust_unsigned=(None, ["X-A"]),
        ),
    ),
    "Scheme": Keys(lambda one: signature(scheme=one), SCHEMES),
    "Timestamp": Keys(lambda one: signature(scheme={**SIGNED, "timestamp": one}), TIMESTAMPS),
    "MessageId": Keys(
        lambda one: signature(scheme={**SIGNED, "id": one}),
        changes({}, header=("X-A", "X-B"), body=("/a", "/b")),
    ),
    "Variant": Keys(lambda one: signature(scheme={**SIGNED, "also": [one]}), _variant({})),
    "SigningSecret": Keys(lambda one: signature(secrets=[one]), _credential()),
    "Cors": Keys(
        lambda one: hook(cors=one),
        changes({}, origins=(["https://a"], ["https://b"]))
        | changes({"origins": ["*"]}, headers=(None, ["X-A"])),
    ),
    "Limits": Keys(lambda one: hook(limits=one), LIMITS),
    **{
        tag.title().replace("-", "") + "Handshake": Keys(_handshake(tag), {})
        for tag in (
            *("slack", "zoom", "dropbox", "microsoft-graph"),
            *("event-grid", "asana", "discord", "twitch", "okta"),
        )
    },
    **{
        f"{tag.title()}Handshake": Keys(
            _handshake(tag), changes({}, verify_token=(SECRET, {"env": "s"}))
        )
        for tag in ("meta", "strava")
    },
    "SecretReference": Keys(
        lambda one: hook(handshake={"type": "meta", "verify_token": one}), _reference()
    ),
    "CloudEventsHandshake": Keys(
        _handshake("cloudevents"),
        changes({}, origins=(["a"], ["b"]), rate=(1, 2)),
    ),
    "ProbeHandshake": Keys(_handshake("probe"), changes({}, methods=(["HEAD"], ["HEAD", "GET"]))),
    "ChallengeHandshake": Keys(_handshake("challenge"), CHALLENGES),
    "ChallengeAnswer": Keys(
        lambda one: hook(handshake={**CHALLENGE, "type": "challenge", "answer": one}),
        changes({}, json=("a", "b"), header=("X-A", "X-B")),
    ),
    "Receive": Keys(
        lambda one: hook(receive=one),
        changes(
            {},
            as_=("json", "form"),
            field=("a", "b"),
            json_in=(["a"], ["b"]),
            charset=("latin-1", "koi8-r"),
            encoding=(["gzip"], ["gzip", "deflate"]),
        ),
    ),
    "Match": Keys(lambda one: hook(match=one), MATCHES),
    "Workflow": Keys(lambda one: hook(workflow=one), WORKFLOWS),
    "NoWorkflowAuthentication": Keys(
        lambda one: workflow(authentication={"type": "none", **one}), {}
    ),
    "BasicWorkflowAuthentication": Keys(
        lambda one: workflow(authentication={"type": "basic", **one}),
        changes({"password": SECRET}, username=("a", "b"))
        | changes({"username": "a"}, password=(SECRET, {"env": "s"})),
    ),
    "BearerWorkflowAuthentication": Keys(
        lambda one: workflow(authentication={"type": "bearer", **one}),
        changes({}, token=(SECRET, {"env": "s"})),
    ),
    "HeaderWorkflowAuthentication": Keys(
        lambda one: workflow(authentication={"type": "header", **one}),
        changes({"value": SECRET}, name=("X-A", "X-B"))
        | changes({"name": "X-A"}, value=(SECRET, {"env": "s"}))
        | changes({"name": "X-A", "value": SECRET}, prefix=(None, "Key ")),
    ),
    "SignatureWorkflowAuthentication": Keys(
        lambda one: workflow(authentication={"type": "signature", **one}),
        changes({"secrets": [SECRET]}, scheme=("github", "shopify"))
        | changes({"scheme": "github"}, secrets=([SECRET], [{"env": "s"}])),
    ),
    "ClientCertificate": Keys(
        lambda one: workflow(tls=one),
        {
            **changes({"key": SECRET}, certificate=(SECRET, {"env": "s"})),
            **changes({"certificate": SECRET}, key=(SECRET, {"env": "s"})),
        },
    ),
    "Retry": Keys(lambda one: workflow(retry=one), changes({}, attempts=(1, 2))),
    "Answer": Keys(
        lambda one: hook(response={"failures": [{"workflow": "any", "answer": one}]}), ANSWERS
    ),
    "Failure": Keys(lambda one: hook(response={"failures": [one]}), FAILURES),
    "Response": Keys(lambda one: hook(response=one), RESPONSES),
    "DirectDelivery": Keys(lambda one: hook(delivery={"type": "direct", **one}), {}),
    "DurableDelivery": Keys(lambda one: durable(**one), DELIVERIES),
    "RetrySchedule": Keys(
        lambda one: durable(retry=one),
        changes({}, after=(None, ["1s"]), give_up=(None, "1d"), permanent=(None, [404])),
    ),
    "Order": Keys(
        lambda one: durable(order=one),
        changes({}, by=("${body.a}", "${body.b}")) | changes(KEY, on_dead=(None, "hold")),
    ),
    "Retention": Keys(
        lambda one: durable(retention=one),
        changes({}, **dict.fromkeys(("succeeded", "dead"), (None, "1h"))),
    ),
    "Deduplicate": Keys(
        lambda one: hook(deduplicate=one),
        changes({}, by=("${body.a}", {"digest": "body"}))
        | changes(KEY, within=(None, "1h"), required=(None, True)),
    ),
    "Digest": Keys(
        lambda one: hook(deduplicate={"by": one or "${body.a}"}),
        changes({}, digest=(None, "body")),
    ),
}

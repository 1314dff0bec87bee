"""Hooks of a small world as plain values, so that a changed one often meets the same requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Written = dict[str, Any]
Make = Callable[[Random], Any]

SECRETS = ("a", "b", "c")
_NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
INSTANTS = tuple((_NOON + timedelta(days=days)).isoformat() for days in (-2, 0.6, 2))
NETWORKS = ("192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/25", "192.0.2.7", "2001:db8::/32", "::1")
EVENTS = ("order.created", "order.paid", "invoice.created", "1")
SCALARS = (0, 1, 1.0, 5, 100, *EVENTS, True, None)
TEXTS = ("order", "order.", "created", ".", "1")
RATES = ("60/1m", "1/1s", "60/60s", "5/1m", "600/1m")


def one_of(*values: Any) -> Make:
    return lambda chance: chance.choice(values)


def some(values: Sequence[Any]) -> Make:
    """One to three of them, each once."""
    return lambda chance: chance.sample(values, chance.randint(1, 3))


def keys(optional: dict[str, Make], **required: Make) -> Make:
    """A mapping with all of the keyword's keys, and with some of the others."""

    def make(chance: Random) -> Written:
        left = {key: one for key, one in optional.items() if chance.random() < 0.4}
        return {key: make_one(chance) for key, make_one in {**left, **required}.items()}

    return make


def credentials(**about: Make) -> Make:
    """One to three entries, each with another secret, some with `expires`."""
    entry = keys({"expires": one_of(*INSTANTS)}, **about)
    return lambda chance: [{"secret": name, **entry(chance)} for name in some(SECRETS)(chance)]


def users(chance: Random) -> list[Written]:
    entries: list[Written] = credentials(username=one_of("paris", "rome"))(chance)
    return [{"password": {"secret": one.pop("secret")}, **one} for one in entries]


def condition(chance: Random) -> Any:
    """An intended value, or one or two operators."""
    if chance.random() < 0.2:
        return chance.choice(SCALARS)
    names = chance.sample(sorted(_OPERANDS), chance.choice([1, 1, 2]))
    return {name: _OPERANDS[name](chance) for name in names}


def _rule(chance: Random) -> Any:
    """What an element of an array is."""
    return chance.choice([chance.choice(SCALARS), {"sku": chance.choice(SCALARS)}])


_OPERANDS: dict[str, Make] = {
    **dict.fromkeys(("eq", "ne"), one_of(*SCALARS)),
    **dict.fromkeys(("in", "not_in"), some(SCALARS)),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), one_of(0, 1, 5, 100)),
    **dict.fromkeys(("prefix", "suffix", "pattern"), one_of(*TEXTS)),
    "contains": one_of(*TEXTS, 1, 5),
    "exists": one_of(True, False),
    **dict.fromkeys(("any", "all", "none"), _rule),
    "length": one_of(0, 1, {"gte": 1}, {"gt": 2, "lte": 20}),
}


def rules(*names: str) -> Make:
    def make(chance: Random) -> Written:
        return {name: condition(chance) for name in chance.sample(names, chance.choice([1, 2]))}

    return make


SOURCES: dict[str, Make] = {
    "body": rules("event", "order.total", "/order/items"),
    "query": rules("event", "page"),
    "headers": rules("X-Event", "X-Page"),
}


def rule(chance: Random) -> Written:
    """A rule inside others, mostly without rules inside it."""
    if chance.random() < 0.2:
        return nested(chance)
    source = chance.choice(sorted(SOURCES))
    return {source: SOURCES[source](chance)}


def nested(chance: Random) -> Written:
    """Alternatives, exceptions, or both."""
    inner: dict[str, Make] = {
        "any": lambda chance: [rule(chance) for _ in range(chance.choice([1, 2]))],
        "all": lambda chance: [rule(chance)],
        "not": rule,
    }
    return {key: inner[key](chance) for key in chance.sample(sorted(inner), chance.choice([1, 2]))}


def match(chance: Random) -> Written:
    first = chance.choice(sorted(SOURCES))
    optional = {**SOURCES, "otherwise": one_of("reject", "ignore")}
    written: Written = keys(optional, **{first: SOURCES[first]})(chance)
    return {**written, **nested(chance)} if chance.random() < 0.3 else written


def of_type(kind: str, optional: dict[str, Make] | None = None, **required: Make) -> Make:
    return keys(optional or {}, type=one_of(kind), **required)


AUTHENTICATIONS: dict[str, Make] = {
    "none": one_of("none", {"type": "none"}),
    "bearer": of_type("bearer", tokens=credentials()),
    "basic": of_type("basic", users=users),
    "api-key in a header": of_type("api-key", keys=credentials(), header=one_of("X-Key", "X-Api")),
    "api-key in a URL": of_type("api-key", keys=credentials(), query=one_of("key")),
    "jwt": of_type(
        "jwt",
        {"claims": rules("scope", "sub"), "leeway": one_of("30s", "1m", "5m")},
        issuer=one_of("https://a", "https://b"),
        audience=one_of("a", ["a"], ["a", "b"], ["b"]),
        algorithms=one_of(["HS256"], ["HS384"], ["HS256", "HS384"]),
        secrets=credentials(),
    ),
    "a signature": of_type(
        "signature",
        {"trust_unsigned": one_of(["X-Tenant"], ["X-Tenant", "tenant"])},
        scheme=one_of("github", "meta"),
        secrets=credentials(),
    ),
    "a dated signature": of_type(
        "signature",
        {"tolerance": one_of("30s", "1m", "5m", "10m")},
        scheme=one_of("slack", "zoom", "linear"),
        secrets=credentials(),
    ),
}


def authentication(chance: Random) -> Any:
    return AUTHENTICATIONS[chance.choice(sorted(AUTHENTICATIONS))](chance)


_LIMITS: dict[str, Make] = {
    "body": one_of("1MiB", "1048576", "64KiB", "2MiB"),
    **dict.fromkeys(("rate", "rate_per_client", "failures"), one_of(*RATES)),
    "concurrency": one_of(1, 4),
}


def limits(chance: Random) -> Written:
    first = chance.choice(sorted(_LIMITS))
    written: Written = keys(_LIMITS, **{first: _LIMITS[first]})(chance)
    return written


handshake = one_of(
    *("dropbox", {"type": "dropbox"}, "microsoft-graph", "cloudevents"),
    *({"type": "cloudevents", "origins": ["a.example", "B.example"]},),
    *({"type": "cloudevents", "rate": 5}, {"type": "meta", "verify_token": {"secret": "a"}}),
)


def workflow(chance: Random) -> Any:
    url = chance.choice(["http://flows/run", "https://flows/run", "http://other/run"])
    return chance.choice([url, _WORKFLOW(chance)])


_WORKFLOW = keys(
    {
        "method": one_of("POST", "PUT"),
        "headers": one_of({}, {"X-A": "1"}, {"X-A": "1", "X-B": "2"}),
        "forward_headers": some(["X-Event", "Cookie", "X-Tenant"]),
        "query": one_of({}, {"a": 1}, {"a": "1", "b": True}),
        "body": one_of({}, {"a": 1}, {"a": 1.0, "b": None}),
        "format": one_of("json", "form"),
        "authentication": one_of(
            "none", {"type": "none"}, {"type": "bearer", "token": {"secret": "a"}}
        ),
        "timeout": one_of("10s", "1m", "60s"),
        "retry": one_of({}, {"attempts": 1}, {"attempts": 2}),
    },
    url=one_of("http://flows/run", "http://flows:80/run", "http://flows/walk"),
)
_RESPONSE = keys({"select": some(["a", "a.b", "/a/b", "c"]), "status": one_of(200, 201)})


def response(chance: Random) -> Any:
    return chance.choice(["outputs", "status", {"type": "outputs"}, _RESPONSE(chance)])


KEYS: dict[str, Make] = {
    "description": one_of("", "One.", "Another."),
    "enabled": one_of(True, True, False),
    "path": one_of("/hooks/paris", "/cities/paris", "/cities/{city}", "/{a}/{b}"),
    "method": one_of("POST", ["POST"], ["PUT", "POST"], ["POST", "GET"]),
    "authentication": authentication,
    "allow_from": some(NETWORKS),
    "limits": limits,
    "handshake": handshake,
    "match": match,
    "workflow": workflow,
    "response": response,
}
"""What makes a value for each key of a hook but its name."""

_HOOK = keys(KEYS, name=one_of("paris", "rome"), method=KEYS["method"], workflow=workflow)


def hook(chance: Random) -> Written:
    written: Written = _HOOK(chance)
    return written

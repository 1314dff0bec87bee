"""What the store and a replay are told of a hook."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.compile.delivery import (
    GATE,
    Durable,
    compile_durable,
    differing,
    gate_of,
    policy_of,
    target_of,
)
from gateway.language.decode import convert
from gateway.language.spec import Hook
from gateway.runs.run import Policy
from gateway.runs.schedule import PERMANENT, Schedule

DAY = 86_400.0


def hook(**written: Any) -> Hook:
    made: Hook = convert({"name": "a", "method": "POST", "workflow": "http://w/run", **written})
    return made


def delivery(**written: Any) -> Durable:
    made = compile_durable(hook(delivery={"type": "durable", **written}))
    assert made is not None
    return made


def test_a_direct_hook_means_nothing_to_the_store() -> None:
    for written in ("direct", {"type": "direct"}):
        assert compile_durable(hook(delivery=written)) is None
        assert policy_of(hook(delivery=written)) is None


def test_what_an_author_leaves_out_is_what_the_store_takes_for_granted() -> None:
    made = compile_durable(hook(delivery="durable"))
    assert made == delivery()
    assert made.policy == Policy(target="http://w:80")
    assert made.schedule == Schedule(made.policy.after, PERMANENT)
    assert (made.wait, made.prefers, made.within, made.outputs) == (0, True, 0, True)


def test_every_key_arrives() -> None:
    made = delivery(
        wait="2s",
        prefer=False,
        retry={"after": ["1s", "1m"], "give_up": "1d", "permanent": [404]},
        concurrency=2,
        rate="90/1m",
        limit=3,
        order={"by": "${body.a}", "on_dead": "hold"},
        retention={"succeeded": "1h", "dead": "2d"},
    )
    assert made.policy == Policy(
        target="http://w:80", concurrency=2, rate=1.5, burst=90, ordered="hold", limit=3,
        after=(1, 60), give_up=DAY, keep_succeeded=3600, keep_dead=2 * DAY,
    )  # fmt: skip
    assert made.schedule == Schedule((1, 60), frozenset({404}))
    assert (made.wait, made.prefers) == (2, False)


def test_a_cancelled_run_is_kept_as_long_as_its_key() -> None:
    written = {"type": "durable", "retention": {"dead": "1h"}}
    made = policy_of(hook(delivery=written, deduplicate={"by": "${body.id}", "within": "2d"}))
    assert made is not None
    assert made.keep_dead == 2 * DAY


def test_a_hook_that_delivers_nothing_says_why() -> None:
    held = policy_of(hook(delivery="durable", enabled=False))
    assert held is not None
    assert held.held == "the hook is disabled"
    held = policy_of(hook(delivery="durable"), held="secret 'a' is missing")
    assert held is not None
    assert held.held == "secret 'a' is missing"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://W.internal/run", "http://w.internal:80"),
        ("https://w/${body.city}?a=${query.a}", "https://w:443"),
        ("https://w:8443", "https://w:8443"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]:80"),
    ],
)
def test_one_target_has_one_name(url: str, target: str) -> None:
    assert target_of(hook(workflow=url)) == target
    assert target_of(hook(workflow={"url": url}), "http://127.0.0.1:9") == "http://127.0.0.1:9"


def test_headers_that_are_stored_prove_nobody() -> None:
    written = {"type": "api-key", "header": "X-Shop", "keys": [{"secret": "a"}]}
    names = ["X-Event", "x-event", "X-Shop", "Cookie", "X-Request-Id"]
    workflow = {"url": "http://w/", "forward_headers": names}
    made = compile_durable(hook(delivery="durable", authentication=written, workflow=workflow))
    assert made is not None
    assert made.stored == ("x-event",)


GATES: dict[str, Any] = {
    "authentication": {"type": "bearer", "tokens": [{"secret": "b"}]},
    "allow_from": ["192.0.2.1"],
    "match": {"body": {"a": 2}},
    "method": ["POST", "PUT"],
}
OTHERS: dict[str, Any] = {
    "authentication": {"type": "bearer", "tokens": [{"secret": "a"}]},
    "allow_from": ["192.0.2.2"],
    "match": {"body": {"a": 1}},
    "method": "POST",
}


def test_a_gate_tells_each_key_that_lets_requests_in() -> None:
    old = gate_of(hook(**OTHERS))
    assert len(old) == 32
    assert tuple(GATES) == GATE
    for key, value in GATES.items():
        assert differing(old, gate_of(hook(**{**OTHERS, key: value}))) == (key,)
    assert differing(old, gate_of(hook())) == GATE[:3]


def test_a_gate_that_is_not_of_this_kind_differs_in_every_key() -> None:
    gate = gate_of(hook(**OTHERS))
    for other in (b"", gate[:8], gate[:31]):
        assert differing(other, gate)
    assert differing(b"", gate) == GATE


def test_a_gate_does_not_look_at_how_runs_are_delivered() -> None:
    more = {"workflow": "http://v/", "response": "status", "limits": {"concurrency": 1}}
    assert gate_of(hook(**OTHERS)) == gate_of(hook(**OTHERS, **more))


def test_a_gate_is_the_same_for_what_means_the_same() -> None:
    written = {"body": {"a": 1, "b": {"gte": 1, "lt": 2}}}
    turned = {"body": {"b": {"lt": 2, "gte": 1}, "a": 1}}
    assert gate_of(hook(match=written)) == gate_of(hook(match=turned))
    for nobody in ({}, {"authentication": "none"}, {"authentication": {"type": "none"}}):
        assert gate_of(hook(**nobody)) == gate_of(hook())
    one, two = ["192.0.2.1", "192.0.2.2"], ["192.0.2.2", "192.0.2.1"]
    assert gate_of(hook(allow_from=one)) == gate_of(hook(allow_from=two))
    assert gate_of(hook(match={"body": {"a": 1}})) != gate_of(hook(match={"body": {"a": True}}))


def test_a_gate_is_what_it_was_when_runs_were_stored() -> None:
    """Another digest would make every replay of older runs need `--anyway`."""
    assert gate_of(hook(**OTHERS)).hex() == (
        "eeb6b00b52fbf0fa8f76a7883ed5c5c0ac2374d8cdb5013fa6bdf9bf16d81a69"
    )

"""What a hook reads is known without a request, each input with its place."""

from __future__ import annotations

from gateway.language.decode import convert
from gateway.language.inputs import key_slots, reads, slots
from gateway.language.spec import Hook

HOOK: Hook = convert(
    {
        "name": "orders",
        "path": "/orders/{city}",
        "method": "POST",
        "match": {"body": {"order.total": {"gte": 1}}, "headers": {"X-Event": "a"}},
        "workflow": {
            "url": "http://w/${path.city}?a=${query.a?}",
            "forward_headers": ["X-Other"],
            "headers": {"X-Who": "${sender.address} ${body.who ?? 'nobody'}"},
            "data": {"all": ["${body.*}", {"one": "${body.a ?? body.b}"}]},
        },
    }
)


def test_every_rule_header_and_template_is_told_with_its_place() -> None:
    found = [(one.by, one.root, one.path, one.steps) for one in reads(HOOK)]
    data = ("workflow", "data", "all")
    assert found == [
        ("rule", "body", ("order", "total"), ("match", "body", "order.total")),
        ("rule", "headers", ("x-event",), ("match", "headers", "X-Event")),
        ("forwarding", "headers", ("x-other",), ("workflow", "forward_headers", 0)),
        ("template", "path", ("city",), ("workflow", "url")),
        ("template", "query", ("a",), ("workflow", "url")),
        ("template", "sender", ("address",), ("workflow", "headers", "X-Who")),
        ("template", "body", ("who",), ("workflow", "headers", "X-Who")),
        ("template", "body", (), (*data, 0)),
        ("template", "body", ("a",), (*data, 1, "one")),
        ("template", "body", ("b",), (*data, 1, "one")),
    ]


def test_an_input_is_required_where_nothing_takes_its_place() -> None:
    required = [one.name for one in reads(HOOK) if one.required]
    assert required == ["city", "address", "*", "a"]
    texts = {slot.steps: slot.text for slot in slots(HOOK)}
    for one in reads(HOOK):
        if one.inner is not None:
            start, end = one.inner
            assert texts[one.steps][start:end] == f"{one.root}.{one.name}"


def test_a_template_that_cannot_be_read_reads_nothing() -> None:
    broken = convert({"name": "a", "workflow": {"url": "http://w/${body.a", "data": {"b": "${x}"}}})
    assert list(reads(broken)) == []
    assert len(list(slots(broken))) == 2


def test_keys_of_runs_are_read_and_not_handed_on() -> None:
    written = {
        "name": "a",
        "method": "POST",
        "workflow": "http://w/",
        "delivery": {"type": "durable", "order": {"by": "${body.customer}"}},
        "deduplicate": {"by": "${headers.X-Id}-${body.id ?? body.number}"},
    }
    hook = convert(written)
    assert list(slots(hook)) == []
    assert [slot.position for slot in key_slots(hook)] == ["key", "key"]
    order, by = ("delivery", "order", "by"), ("deduplicate", "by")
    assert [(one.by, one.root, one.path, one.steps, one.required) for one in reads(hook)] == [
        ("key", "body", ("customer",), order, False),
        ("key", "headers", ("x-id",), by, False),
        ("key", "body", ("id",), by, False),
        ("key", "body", ("number",), by, False),
    ]
    digest = convert({**written, "delivery": "durable", "deduplicate": {"by": {"digest": "body"}}})
    assert list(reads(digest)) == []

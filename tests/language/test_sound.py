"""Templates that are passed over because they are sound would have had no finding."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.language.decode import convert
from gateway.language.inputs import fillings, slots
from gateway.language.lint import filled, templates
from gateway.language.lint.sound import sound_templates
from tests.compile.templates.properties import expression
from tests.support.thorough import cases

_RULES = [{}, {"a": 1}, {"a.b": {"exists": False}}, {"/c": {"prefix": "x"}}]
_ODD = [
    *("${headers.X-A}", "${query.a}", "${path.a}", "${hook.id}", "${request.received}"),
    *("${body.a | pluck('b')}", "${body.a | lowr}", "${body.a?}", "${body.a?}.", "$${body.a}"),
    *("${body.a | first(0)}", "${hook.name | length}", "${ body.a|lower ?? 'x' }", "${body.a"),
    *("${body.c ?? ''}", "${body.a[0]}", "${body.a ?? '${body.b}'}", "${body.a | part('', 1)}"),
]


@settings(max_examples=cases(500), deadline=None, database=None)
@given(chance=st.randoms(use_true_random=False))
def test_a_template_that_is_passed_over_has_no_finding(chance: Random) -> None:
    texts = [
        "".join(chance.choices([*_ODD, expression(chance), "-"], k=chance.choice([1, 1, 2])))
        for _ in range(4)
    ]
    place = {"data": dict(zip("abcd", texts, strict=True))}
    if chance.random() < 0.5:
        place = {"headers": {f"X-{name}": text for name, text in place["data"].items()}}
    written = {"url": "http://flows.internal/run", **place}
    match = {"body": rules} if (rules := chance.choice(_RULES)) else {"query": {"q": "1"}}
    hook = convert({"name": "a", "method": "POST", "match": match, "workflow": written})
    demands = filled.Demands(hook)
    findings = {one.steps for one in templates.check(hook)}
    for slot in slots(hook):
        number = sound_templates(slot, demands.members)
        if number:
            assert number == len(fillings(slot))
            assert slot.steps not in findings
            for filling in fillings(slot):
                assert not [*templates._inputs(hook, filling, False)]
                assert not [*filled.check(demands, filling)]

"""What holds for answers of a hook's own, whatever a request and a workflow contain."""

from __future__ import annotations

from random import Random

import pytest

from gateway.compile.body import Received
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.mapping import Mapped
from gateway.language.decode import convert
from gateway.language.inputs import workflow_of
from tests.compile.answering import PROPERTIES
from tests.support.exchanges import an_exchange
from tests.support.proving import Property

TRIES = 2000


@pytest.mark.parametrize("prove", PROPERTIES, ids=lambda prove: prove.__name__)
def test_it_holds_for_any_request_and_outputs(prove: Property) -> None:
    made = sum(bool(prove(Random(seed))) for seed in range(TRIES))  # noqa: S311 - no secret
    assert made > TRIES / 20


def test_no_more_of_a_body_is_kept_than_the_answer_reads() -> None:
    hook = convert(
        {
            "name": "a",
            "method": "POST",
            "workflow": "http://w/",
            "response": {
                "headers": {"X-A": "${body.items.1.sku}"},
                "body": ["${body.customer.name}", "${query.a?}", "${body.missing ?? 1}"],
                "failures": [{"workflow": "any", "answer": {"body": "${body.customer.name}!"}}],
            },
        }
    )
    keep = Mapped(hook, workflow_of(hook), {}).keep
    assert keep is not None
    customer = {"name": "A", "card": "4242"}
    body = {"items": [{"sku": 1}, {"sku": 2, "price": 3}], "customer": customer, "b": 1}
    kept = keep(Inputs(an_exchange(), Received("json", body), {"a": "1"}))
    assert kept.body == {"items": {"1": {"sku": 2}}, "customer": {"name": "A"}}
    assert kept.query == {"a": "1"}


def test_hooks_whose_answers_read_nothing_of_the_request_keep_nothing() -> None:
    for response in ("outputs", {"body": {"a": "${workflow.body.a}", "run": "${run.id}"}}):
        hook = convert({"name": "a", "workflow": "http://w/", "response": response})
        mapped = Mapped(hook, workflow_of(hook), {})
        assert mapped.keep is None
        assert not mapped.any

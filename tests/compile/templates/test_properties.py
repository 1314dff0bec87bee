"""The properties of templates, each with a few requests; `make fuzz-templates` tries many."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compile.templates.properties import PROPERTIES
from tests.support.proving import Property
from tests.support.thorough import cases


@pytest.mark.parametrize("prove", PROPERTIES, ids=lambda prove: prove.__name__)
@settings(max_examples=cases(150), deadline=None, database=None)
@given(chance=st.randoms(use_true_random=False))
def test_it_holds_for_any_request(prove: Property, chance: Random) -> None:
    prove(chance)

"""A ticket opens the outcome of one run, and nothing else does."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import uuid7
from gateway.runs.ticket import run_of, ticket

KEY = b"k" * 32
URL = string.ascii_letters + string.digits + "-_"


def test_a_ticket_opens_the_run_that_it_was_made_for() -> None:
    run = uuid7()
    assert run_of(KEY, ticket(KEY, run)) == run


def test_a_ticket_is_fit_for_a_url() -> None:
    made = ticket(KEY, uuid7())
    assert len(made) == 43
    assert set(made) <= set(URL)


def test_another_key_opens_nothing() -> None:
    assert run_of(b"o" * 32, ticket(KEY, uuid7())) is None


@given(st.integers(0, 42), st.sampled_from(URL))
def test_a_ticket_with_another_character_opens_nothing(place: int, character: str) -> None:
    made = ticket(KEY, uuid7())
    forged = made[:place] + character + made[place + 1 :]
    assert forged == made or run_of(KEY, forged) is None


@given(st.text(max_size=50) | st.text(URL + "=+/é", min_size=43, max_size=43))
def test_any_text_is_answered_with_nothing(text: str) -> None:
    assert run_of(KEY, text) is None

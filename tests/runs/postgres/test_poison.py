"""What the database cannot store of one run or result is no other's trouble."""

from __future__ import annotations

import asyncio

import pytest

from gateway.runs.invocation import decode
from gateway.runs.run import Policies, State
from gateway.runs.sealed import UnreadableError
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.databases import fresh, run
from tests.runs.postgres.stores import POLICIES, a_run, gateways, in_loop, until
from tests.support.postgres import server


@pytest.mark.parametrize("reason", ["nothing\0", "half of \udc80 a letter", "x" * 10_000])
def test_a_result_is_kept_whatever_is_in_its_reason(reason: str) -> None:
    @in_loop
    async def promise() -> None:
        async with gateways(server(), await fresh()) as [gateway]:
            runs = [(await gateway.accept()).run for _ in range(4)]
            kept = await asyncio.gather(
                gateway.end(runs[0], outcome="dead", reason=reason),
                gateway.end(runs[1], outcome="succeeded", reason=reason),
                *(gateway.end(run) for run in runs[2:]),
            )
            assert all(kept)
            assert (await gateway.record(runs[0])).state is State.DEAD

    promise()


@in_loop
async def test_a_run_that_cannot_be_stored_is_refused_alone() -> None:
    async with gateways(server(), await fresh()) as [gateway]:
        wrong = a_run(id="not the id of a run")
        answers = await asyncio.gather(
            gateway.store.accept(wrong),
            *(gateway.accept() for _ in range(10)),
            return_exceptions=True,
        )
        assert isinstance(answers[0], (StoreUnavailable, ValueError))
        assert not [one for one in answers[1:] if isinstance(one, BaseException)]
        assert gateway.store.is_connected


@in_loop
async def test_a_run_whose_request_is_lost_holds_up_no_other() -> None:
    name = await fresh()
    async with gateways(server(), name, 1, Policies(1, {})) as [gateway]:
        runs = [(await gateway.accept()).run for _ in range(3)]
        lost = "DELETE FROM gateway.payload WHERE seq=(SELECT min(seq) FROM gateway.payload)"
        await run(server(), name, lost)
        gateway.store.serving(POLICIES)
        await until(lambda: len(gateway.started) == 3)
    assert {one.run: one.invocation for one in gateway.started} == {
        runs[0]: b"",
        runs[1]: b"data",
        runs[2]: b"data",
    }
    with pytest.raises(UnreadableError, match="is missing"):
        decode(b"")

"""Slow hashes run beside the loop, two at a time, and not without end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gateway.errors import Unavailable
from gateway.runtime.hashing import THREADS, WAITING, PasswordHashing


def test_the_loop_goes_on_while_no_more_than_two_hashes_run() -> None:
    async def scenario() -> None:
        hashing = PasswordHashing()
        gate, lock, entered = threading.Event(), threading.Lock(), threading.Semaphore(0)
        running, most = 0, 0

        def verify() -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            entered.release()
            gate.wait(20)
            with lock:
                running -= 1
            return True

        tasks = [asyncio.create_task(hashing.run(verify)) for _ in range(10)]
        for _ in range(THREADS):
            await asyncio.to_thread(entered.acquire)
        gate.set()
        assert await asyncio.gather(*tasks) == [True] * 10
        assert most == THREADS == 2
        hashing.close()

    asyncio.run(scenario())


def test_who_would_wait_too_long_is_told_to_come_again() -> None:
    async def scenario() -> None:
        hashing = PasswordHashing()
        gate = threading.Event()
        waiting = [
            asyncio.create_task(hashing.run(lambda: gate.wait(20)))
            for _ in range(THREADS + WAITING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await hashing.run(lambda: True)
        assert dict(refused.value.headers)[b"retry-after"] == b"2"
        gate.set()
        await asyncio.gather(*waiting)
        assert await hashing.run(lambda: False) is False
        hashing.close()

    asyncio.run(scenario())


def test_a_hash_that_fails_makes_room_again() -> None:
    async def scenario() -> None:
        hashing = PasswordHashing()
        for _ in range(THREADS + WAITING + 1):
            with pytest.raises(ZeroDivisionError):
                await hashing.run(lambda: bool(1 // 0))
        hashing.close()

    asyncio.run(scenario())


def test_the_end_does_not_wait_for_hashes_that_nobody_needs() -> None:
    async def scenario() -> None:
        hashing = PasswordHashing()
        gate = threading.Event()
        tasks = [asyncio.create_task(hashing.run(lambda: gate.wait(20))) for _ in range(5)]
        await asyncio.sleep(0)
        hashing.close()
        gate.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert found[:2] == [True, True]
        assert all(isinstance(one, asyncio.CancelledError) for one in found[2:])

    asyncio.run(scenario())

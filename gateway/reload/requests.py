"""Requests to look again: each is answered when every worker has what the look found."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

import msgspec

from gateway.reload.links import Link
from gateway.reload.messages import Board, Report

Answer = Callable[[bool, str, Board], None]
"""Takes the outcome of a request: whether there was a change, why nothing can be used, and the
workers.
"""


class _Waiting(msgspec.Struct, frozen=True):
    answer: Answer
    changed: bool
    generation: int


class Requests:
    """The requests in the order in which they came. `add` may be called from any thread; whoever
    calls the rest holds the leader's lock.
    """

    def __init__(self) -> None:
        self._new: deque[Answer] = deque()
        self._waiting: list[_Waiting] = []

    def __len__(self) -> int:
        """How many have not been looked for yet."""
        return len(self._new)

    def add(self, answer: Answer) -> None:
        """A request that the next look is for."""
        self._new.append(answer)

    def looked(self, count: int, changed: bool, generation: int) -> None:
        """The look for the first `count` requests has led to a generation."""
        for _ in range(count):
            self._waiting.append(_Waiting(self._new.popleft(), changed, generation))

    def reached(self, generation: int, refused: str, board: Board) -> None:
        """Answer the requests whose outcome has reached every worker."""
        done = [one for one in self._waiting if one.generation <= generation]
        self._waiting = [one for one in self._waiting if one.generation > generation]
        for one in done:
            one.answer(one.changed, refused, board)


def to_worker(link: Link, request: int) -> Answer:
    """An answer that goes through a worker's pipe."""
    return partial(_tell, link, request)


def to_future(future: Future[Report]) -> Answer:
    """An answer to somebody in this process."""
    return partial(_set, future)


def _tell(link: Link, request: int, changed: bool, refused: str, board: Board) -> None:
    link.tell(Report(request, changed, refused, board))


def _set(future: Future[Report], changed: bool, refused: str, board: Board) -> None:
    if not future.cancelled():
        future.set_result(Report(0, changed, refused, board))

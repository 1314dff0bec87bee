"""The workers as the leader knows them: their pipes, and what each of them said last."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.connection import Connection

import msgspec
import structlog

from gateway.reload.links import Link, Outgoing, Receive
from gateway.reload.messages import (
    Board,
    Listening,
    Serving,
    StoreProblem,
    ToLeader,
    ToWorker,
    WorkerState,
)
from gateway.reload.numbering import Current

_log = structlog.get_logger("gateway.reload")


class WorkerLinks:
    """All workers. Whoever calls holds the leader's lock. `board` is what they were told last."""

    def __init__(self, receive: Receive) -> None:
        self.board: Board | None = None
        self._receive = receive
        self._links: dict[int, Link] = {}
        self._states: dict[int, WorkerState] = {}

    def __len__(self) -> int:
        return len(self._links)

    @property
    def states(self) -> tuple[WorkerState, ...]:
        """What each worker said last, by its number."""
        return tuple(self._states[worker] for worker in sorted(self._states))

    @property
    def reached(self) -> int:
        """The last generation that every worker took or rejected."""
        return min((state.answered for state in self._states.values()), default=0)

    def link(
        self, worker: int, connection: Connection[ToWorker, ToLeader], current: Current | None
    ) -> None:
        """A worker was started, in place of the one with its number. It is told what serves."""
        if worker in self._links:
            self._links[worker].close()
        link = Link(worker, connection, self._receive)
        self._links[worker] = link
        self._states[worker] = WorkerState(worker)
        if current is not None:
            link.tell(current)
        if self.board is not None:
            link.tell(self.board)

    def tell(self, message: Outgoing) -> None:
        """Tell all workers."""
        for link in self._links.values():
            link.tell(message)

    def tell_board(self, wanted: int, problems: Sequence[str], store: str = "") -> None:
        """Tell all workers of each other, where that is new; `wanted` is a generation, `store` why
        no run can be stored.
        """
        unserved = [one.unserved(wanted) for one in self.states if one.rejects(wanted)]
        board = Board(wanted, self.states, tuple(dict.fromkeys([*problems, *unserved])), store)
        if board != self.board:
            self.board = board
            self.tell(board)

    def serves(self, link: Link, message: Serving) -> bool:
        """A worker said what came of a generation. Whether it is the one with its number still."""
        if self._links.get(link.worker) is not link:
            return False
        before = self._states[link.worker]
        if message.problem and before.answered != message.number:
            _log.error(message.problem, worker=link.worker, generation=message.number)
        self._states[link.worker] = WorkerState(
            link.worker,
            message.process,
            message.serves,
            message.number,
            message.problem,
            message.unwell,
            before.listens,
            before.store,
        )
        return True

    @property
    def accepts(self) -> bool:
        """Whether every worker accepts connections."""
        return all(state.listens for state in self._states.values())

    def heard(self, link: Link, message: Listening | StoreProblem) -> None:
        """A worker accepts connections, or can store runs, or not any more."""
        if self._links.get(link.worker) is link:
            news: dict[str, bool | str] = {"listens": True}
            if isinstance(message, StoreProblem):
                news = {"store": message.problem}
            state = self._states[link.worker]
            self._states[link.worker] = msgspec.structs.replace(state, **news)

    def is_first(self, link: Link) -> bool:
        """Whether a worker is the one that speaks for all, where all would say the same."""
        return link.worker == min(self._links)

    def close(self) -> None:
        """Let go of all workers."""
        for link in self._links.values():
            link.close()

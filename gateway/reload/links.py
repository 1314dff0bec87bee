"""The leader's ends of the pipes: each worker is told the latest, none waits for another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

import structlog

from gateway.reload.messages import Board, RefreshSecrets, Report, Scrape, Specs, ToLeader, ToWorker
from gateway.reload.numbering import Current

BATCH = 50
"""Hooks in one message: a worker reads it between two requests."""

Outgoing = Current | Board | RefreshSecrets | Report | Scrape
Receive = Callable[["Link", ToLeader], None]
_log = structlog.get_logger("gateway.reload")


class Link:
    """One worker's pipe. Of each kind of message only the latest is sent, but every report."""

    def __init__(
        self, worker: int, connection: Connection[ToWorker, ToLeader], receive: Receive
    ) -> None:
        self.worker = worker
        self._connection = connection
        self._receive = receive
        self._latest: dict[type[Any], Outgoing] = {}
        self._reports: list[Report | Scrape] = []
        self._known: frozenset[int] = frozenset()
        self._news = threading.Condition()
        self._closed = False
        for target in (self._send_all, self._receive_all):
            threading.Thread(target=target, name=f"worker {worker}", daemon=True).start()

    def tell(self, message: Outgoing) -> None:
        """Send it when the worker has read what came before."""
        with self._news:
            if isinstance(message, Report | Scrape):
                self._reports.append(message)
            else:
                self._latest[type(message)] = message
            self._news.notify()

    def close(self) -> None:
        """No more is sent; the worker ends where it has not."""
        with self._news:
            self._closed = True
            self._news.notify()

    def _send_all(self) -> None:
        try:
            while not self._closed:
                for message in self._next():
                    self._send(message)
        except OSError:
            pass
        finally:
            self._connection.close()

    def _send(self, message: ToWorker) -> None:
        """Send one message. What cannot be sent is told and left out: of hooks, those alone."""
        try:
            self._connection.send(message)
        except OSError:
            raise
        except Exception:
            if not isinstance(message, Specs) or len(message.hooks) == 1:
                _log.exception("a message to a worker could not be sent")
                return
            for hook in message.hooks:
                self._send(Specs((hook,)))

    def _next(self) -> Iterator[ToWorker]:
        """What to send now, in an order that needs no memory: hooks, generation, the rest."""
        with self._news:
            while not (self._latest or self._reports or self._closed):
                self._news.wait()
            latest, self._latest = self._latest, {}
            reports, self._reports = self._reports, []
        for kind in (Current, Board, RefreshSecrets):
            message = latest.get(kind)
            if isinstance(message, Current):
                yield from self._hooks(message)
                yield message.resolved
            elif message is not None:
                yield message
        yield from reports

    def _hooks(self, current: Current) -> Iterator[Specs]:
        news = iter([hook for number, hook in current.loaded.items() if number not in self._known])
        while batch := tuple(islice(news, BATCH)):
            yield Specs(batch)
        self._known = frozenset(current.loaded)

    def _receive_all(self) -> None:
        while True:
            try:
                self._receive(self, self._connection.recv())
            except (EOFError, OSError):
                return self.close()
            except Exception:
                _log.exception("a message from a worker could not be handled")

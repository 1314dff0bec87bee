"""Something that there is only so much of, divided so that no client takes all of it."""

from __future__ import annotations

from functools import lru_cache

from gateway.errors import TooManyRequests, Unavailable
from gateway.runtime.throttle import client_key

SOON = ((b"retry-after", b"1"),)
_key = lru_cache(1024)(client_key)


class Shares:
    """At most `total` at a time, and `each` for one client. Who has none takes no memory.

    `what` says what is counted, in words that follow "Too many".
    """

    __slots__ = ("_each", "_taken", "_total", "_what", "taken")

    def __init__(self, what: str, total: int, each: int) -> None:
        self.taken = 0
        self._what = what
        self._total = total
        self._each = each
        self._taken: dict[str, int] = {}

    def take(self, client: str) -> str:
        """Count one more for a client's address; the answer is what gives it back.

        Raises TooManyRequests where this client has its share already, Unavailable where
        everything is taken.
        """
        key = _key(client) if ":" in client else client
        has = self._taken.get(key, 0)
        if has >= self._each:
            raise TooManyRequests(
                f"Too many {self._what} from this client; try again.",
                SOON,
                f"{has} {self._what} from this client, which is its share",
            )
        if self.taken >= self._total:
            raise Unavailable(
                f"Too many {self._what}; try again.",
                SOON,
                f"{self.taken} {self._what}, which is the limit",
            )
        self.taken += 1
        self._taken[key] = has + 1
        return key

    def give_back(self, key: str) -> None:
        """Uncount one; `key` is what `take` answered."""
        self.taken -= 1
        left = self._taken[key] - 1
        if left:
            self._taken[key] = left
        else:
            del self._taken[key]

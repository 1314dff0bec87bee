"""The pools of a process, and what they share: look-ups, trust, the sweep of idle connections."""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from gateway.wire.client.endpoint import Endpoint
from gateway.wire.client.lookup import Lookup
from gateway.wire.client.pool import Pool
from gateway.wire.client.sweeper import Sweeper
from gateway.wire.client.tls import Identity, Nobody, trusting

_Key = tuple[str, str, int, Identity | None]


class Client:
    """Gives the one pool of a server and identity, for as long as anybody has it.

    `ca_file` is a PEM bundle that is trusted beside the system's roots. No redirects, no proxies
    from the environment, no cookies, no decompression, no repetition.
    """

    def __init__(self, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._lookup = Lookup()
        self._sweeper = Sweeper()
        self._nobody: Nobody | None = None
        self._making = threading.Lock()
        self._pools: WeakValueDictionary[_Key, Pool] = WeakValueDictionary()

    def pool(self, endpoint: Endpoint, identity: Identity | None = None) -> Pool:
        """The pool of an endpoint's server; it may be asked for in any thread.

        The first for https reads the roots, some 10 ms, and raises OSError where that fails.
        """
        with self._making:
            if endpoint.scheme == "http":
                identity = None
            elif identity is None:
                identity = self._nobody = self._nobody or Nobody(trusting(self._ca_file))
            key = (endpoint.scheme, endpoint.host, endpoint.port, identity)
            pool = self._pools.get(key)
            if pool is None:
                pool = Pool(endpoint, identity, self._lookup, self._sweeper)
                self._pools[key] = pool
            return pool

    async def close(self) -> None:
        """Close every idle connection and keep none any more."""
        self._sweeper.close()
        await self._lookup.close()

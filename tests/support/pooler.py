"""A real PgBouncer before a server, which lends its connections for a transaction at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.support.ports import free_port
from tests.support.postgres import PASSWORD, Server, unprivileged

BINARY = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
_STARTS = 20.0


class Pooler:
    """Has `pool` connections to the server, and lends more."""

    def __init__(self, server: Server, pool: int = 2) -> None:
        assert BINARY is not None
        self.port = free_port()
        self._log = server.directory / "pooler.log"
        users = server.directory / "users"
        users.write_text(f'"postgres" "{PASSWORD}"\n')
        config = server.directory / "pooler.ini"
        config.write_text(self._config(server, users, pool))
        if user := unprivileged():
            for path in (users, config):
                os.chown(path, user["user"], user["group"])
        self._command = [BINARY, "-q", str(config)]
        self.start()

    def start(self) -> None:
        """Start it, be it anew; returns once it takes connections."""
        self._log.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            **unprivileged(),  # type: ignore[call-overload]
        )
        self._await()

    def _config(self, server: Server, users: Path, pool: int) -> str:
        return f"""[databases]
* = host=127.0.0.1 port={server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 500
server_login_retry = 1
logfile = {self._log}
"""

    def _await(self) -> None:
        until = time.monotonic() + _STARTS
        while not (self._log.exists() and "process up" in self._log.read_text()):
            assert time.monotonic() < until, self._log.read_text() if self._log.exists() else ""
            time.sleep(0.02)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

"""A worker process for tests that holds what it has: `SOCKET COUNT` accepts runs and prints them.

After a line on its standard input it reports them all, and prints how many of the reports counted.
"""

from __future__ import annotations

import asyncio
import sys

from tests.runs.sqlite.given import Taken, done, new_run
from tests.runs.sqlite.stores import connected


async def main(socket: str, count: int) -> None:
    """Hold so many runs."""
    client = await connected(socket)
    Taken(client, count)
    runs = [(await client.accept(new_run())).run for _ in range(count)]
    print(*runs, sep="\n", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)
    kept = await asyncio.gather(*(client.report(done(run)) for run in runs))
    print(sum(kept), flush=True)  # noqa: T201
    await client.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

"""Names are looked up off the loop, once for all who ask, and every address is tried."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from gateway.wire.client.dial import dial
from gateway.wire.client.errors import HostNotFound, Unreachable
from gateway.wire.client.lookup import Address, Addresses, Lookup, system

HERE = Address(socket.AF_INET, ("127.0.0.1", 80))


class Resolver:
    """Answers when `gate` is set."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.found: Addresses = (HERE,)

    def __call__(self, host: str, port: int) -> Addresses:
        self.asked.append((host, port))
        self.gate.wait(20)
        if not self.found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.found


def test_all_who_ask_at_once_and_soon_after_share_a_look_up() -> None:
    resolver = Resolver()

    async def story() -> None:
        lookup = Lookup(resolver)
        found = await asyncio.gather(*(lookup("a.example", 80) for _ in range(50)))
        assert found == [(HERE,)] * 50
        assert await lookup("a.example", 80) == (HERE,)
        assert await lookup("b.example", 80) == (HERE,)
        assert resolver.asked == [("a.example", 80), ("b.example", 80)]

    asyncio.run(story())


def test_a_name_that_is_not_there_is_not_looked_for_again_at_once() -> None:
    resolver = Resolver()
    resolver.found = ()

    async def story() -> None:
        lookup = Lookup(resolver)
        for _ in range(10):
            with pytest.raises(HostNotFound, match="not known"):
                await lookup("a.example", 80)
        assert len(resolver.asked) == 1

    asyncio.run(story())


def test_a_look_up_that_hangs_holds_nobody_else_and_not_the_end() -> None:
    resolver = Resolver()
    resolver.gate.clear()

    async def story() -> None:
        lookup = Lookup(lambda *given: resolver(*given) if given[0] != "fine" else (HERE,))
        hanging = [asyncio.create_task(lookup(f"{n}.example", 80)) for n in range(20)]
        first, second = (asyncio.create_task(lookup("0.example", 80)) for _ in range(2))
        assert await lookup("fine", 80) == (HERE,)
        first.cancel()
        resolver.gate.set()
        assert await second == (HERE,)
        await asyncio.gather(*hanging)
        resolver.gate.clear()
        last = asyncio.create_task(lookup("last.example", 80))
        await asyncio.sleep(0)
        await lookup.close()
        with pytest.raises(asyncio.CancelledError):
            await last

    asyncio.run(story())
    resolver.gate.set()


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
)
def test_an_address_is_not_looked_up(host: str, family: int) -> None:
    resolver = Resolver()

    async def story() -> None:
        (address,) = await Lookup(resolver)(host, 80)
        assert (address.family, address.place[:2]) == (family, (host, 80))

    asyncio.run(story())
    assert not resolver.asked


def test_the_system_knows_this_machine_by_its_name() -> None:
    assert {address.place[0] for address in system("localhost", 80)} & {"127.0.0.1", "::1"}


def test_the_families_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    six = [(socket.AF_INET6, 1, 6, "", (f"::{n}", 80, 0, 0)) for n in range(1, 4)]
    four = [(socket.AF_INET, 1, 6, "", (f"10.0.0.{n}", 80)) for n in range(1, 3)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [*six, *four])
    places = [address.place[0] for address in system("a.example", 80)]
    assert places == ["::1", "10.0.0.1", "::2", "10.0.0.2", "::3"]


def test_the_next_address_is_tried_where_one_refuses_or_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        refusing = Address(socket.AF_INET, gone.getsockname())

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            fine = Address(socket.AF_INET, listener.getsockname())
            silent = Address(socket.AF_INET, ("192.0.2.1", 9))
            for addresses in ([refusing, fine], [silent, fine], [silent, refusing, fine]):
                with await dial(addresses) as connection:
                    assert connection.getpeername() == fine.place
        with pytest.raises(Unreachable, match="refused"):
            await dial([refusing, refusing])

    asyncio.run(story())

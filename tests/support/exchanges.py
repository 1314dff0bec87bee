"""Exchanges that nobody sent, for what only looks at one."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.compile.exchange import Exchange, Fields


class Body:
    """A body on its way, and whether anybody has waited for it."""

    def __init__(self, data: bytes = b"") -> None:
        self._data = data
        self.was_read = False

    def here(self, _exchange: Exchange) -> bytes | None:
        return None

    async def read(self, _exchange: Exchange) -> bytes:
        self.was_read = True
        return self._data


def fields_of(headers: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Header fields by name, as the wire gives them."""
    fields: dict[bytes, bytes | list[bytes]] = {}
    for name, value in headers:
        known = fields.get(name)
        if known is None:
            fields[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            fields[name] = [known, value]
    return fields


def an_exchange() -> Exchange:
    """A POST of nothing to '/', with the request id `id-1`."""
    return Exchange(
        method="POST",
        path="/",
        raw_path=b"/",
        query_string=b"",
        headers=[],
        fields={},
        client="",
        request_id="id-1",
        started=0.0,
        source=Body(),
    )

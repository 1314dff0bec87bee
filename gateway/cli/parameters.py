"""Types of flags."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import click

from gateway.language.networks import BadNetwork, parse_network
from gateway.language.quantities import parse_duration, parse_size

flag = partial(click.option, show_default=True, show_envvar=True)
"""A flag of `serve`; it has its variable GATEWAY_<FLAG>."""


class Duration(click.ParamType[float]):
    """A duration as in the hook language, `250ms` or `20s`; seconds as a float."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        if isinstance(value, float):
            return value
        try:
            return parse_duration(value)
        except ValueError:
            self.fail(f"{value!r} is not a duration such as 250ms, 20s or 5m", param, ctx)


class Size(click.ParamType[int]):
    """A size as in the hook language, `64KiB` or `256MiB`; bytes. `least` is in MiB."""

    name = "size"

    def __init__(self, least: int, example: str) -> None:
        self._least = least
        self._example = example

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if isinstance(value, int):
            return value
        try:
            size = parse_size(value)
        except ValueError:
            size = 0
        if size < self._least * 1024 * 1024:
            least = f"at least {self._least}MiB, such as {self._example}"
            self.fail(f"{value!r} is not a size of {least}", param, ctx)
        return size


def is_base_url(text: str) -> bool:
    """Whether a gateway may be asked there: `http://host:port`, with a path or without."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return False
    return known and bool(parts.hostname) and not parts.query and text.isprintable()


class BaseUrl(click.ParamType[str]):
    """The address of a gateway, `http://host:port`, without the slash at its end."""

    name = "address"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        if not is_base_url(value):
            self.fail(f"{value!r} is not an address such as https://hooks.example.com", param, ctx)
        return str(value).rstrip("/")


class Pair(click.ParamType[tuple[str, str]]):
    """A parameter of a query, `name=value`."""

    name = "name=value"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, text = value.partition("=")
        if not name or not equals:
            self.fail(f"{value!r} is not a parameter such as city=Paris", param, ctx)
        return name, text


class WholeNumber(click.IntRange):
    """A whole number between two bounds, both allowed."""

    name = "whole number"

    def __init__(self, least: int, most: int) -> None:
        super().__init__(least, most)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a whole number from {self.min} to {self.max}", param, ctx)


class Address(click.ParamType[str]):
    """An address to listen on, `127.0.0.1:9090` or `[::]:9090`."""

    name = "address"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        text = str(value)
        host, _, port = text.rpartition(":")
        well = host and port.isdecimal() and 0 < int(port) < 65_536
        if text and (not well or (":" in host) != host.startswith("[")):
            self.fail(f"{text!r} is not an address such as 127.0.0.1:9090 or [::]:9090", param, ctx)
        return text


class Networks(click.ParamType[tuple[str, ...]]):
    """Networks in CIDR notation with commas or spaces between them."""

    name = "networks"

    def split_envvar_value(self, rv: str) -> list[str]:
        return [rv]

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        texts = value.replace(",", " ").split()
        for text in texts:
            self._check(text, param, ctx)
        return tuple(texts)

    def _check(self, text: str, param: Any, ctx: Any) -> None:
        try:
            network = parse_network(text)
        except BadNetwork as bad:
            self.fail(str(bad), param, ctx)
        if not network.prefixlen:
            self.fail(
                f"{text} would trust every address; name the networks of the proxies", param, ctx
            )


DURATION = Duration()
SIZE = Size(1, "256MiB")
NETWORKS = Networks()
PORT = WholeNumber(1, 65535)
ADDRESS = Address()

"""Runs as text: a table on a terminal, tab-separated lines on a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.formats.text import printable

COLUMNS = ("RUN", "HOOK", "STATE", "ATTEMPTS", "ACCEPTED", "NEXT OR END", "REASON")
_STYLES = {"dead": "red", "cancelled": "dim", "running": "cyan", "succeeded": "green"}


def show_runs(runs: Sequence[dict[str, Any]]) -> None:
    """A row or a line a run, written when this returns. Each call makes a table of its own: the
    width of a column is that of the widest field in it.
    """
    if not sys.stdout.isatty():
        sys.stdout.write("".join("\t".join(_fields(run)) + "\n" for run in runs))
        sys.stdout.flush()
        return
    table = Table(*COLUMNS, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.columns[0].no_wrap = True
    for run in runs:
        table.add_row(*map(Text, _fields(run)), style=_STYLES.get(run["state"], ""))
    Console().print(table)


def _fields(run: dict[str, Any]) -> tuple[str, ...]:
    state = run["state"] + (", held" if run["held"] else "")
    code = "" if run["status_code"] is None else f"{run['status_code']} "
    fields = (
        run["run"], run["hook"], state, str(run["attempts"]), run["accepted_at"],
        run["next_attempt_at"] or run["finished_at"] or "",
        run["held"] or (code + run["reason"]).strip(),
    )  # fmt: skip
    return tuple(map(printable, fields))


def show_detail(run: dict[str, Any]) -> None:
    """A line for each thing that is known, and one for each attempt."""
    known = ((name, _said(value)) for name, value in run.items() if name not in _APART)
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in known if value))
    if run["attempt_list"]:
        sys.stdout.write("attempts:\n" + "".join(map(_attempt, run["attempt_list"])))


_APART = frozenset({"attempts", "attempt_list", "payload"})


def _attempt(one: dict[str, Any]) -> str:
    took = "" if one["duration_ms"] is None else f"{one['duration_ms']} ms"
    code = "" if one["status_code"] is None else str(one["status_code"])
    fields = (str(one["number"]), one["started_at"], one["outcome"], code, took, one["reason"])
    return "  " + "  ".join(filter(None, map(printable, fields))) + "\n"


def _said(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return printable(str(value))


def show_payload(payload: dict[str, Any]) -> None:
    """What a run delivers: query and headers, then the body as it is."""
    lines: list[str] = [f"request_id: {payload['request_id']}"]
    if payload["target"]:
        lines.append(f"target: {payload['target']}")
    lines += _pairs("query", payload["query"])
    lines += _pairs("header", payload["headers"])
    if payload["content_type"]:
        lines.append(f"content_type: {payload['content_type']}")
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
    if "body_base64" in payload:
        sys.stdout.write(f"body in base64:\n{payload['body_base64']}\n")
    elif payload["body"] is not None:
        body = payload["body"].splitlines()
        sys.stdout.write("body:\n" + "".join(f"{printable(line)}\n" for line in body))


def _pairs(what: str, pairs: Iterable[Sequence[str]]) -> Iterable[str]:
    return (f"{what}: {name}={value}" for name, value in pairs)

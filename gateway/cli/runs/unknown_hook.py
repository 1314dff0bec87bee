"""A name that no hook and no run has is probably misspelt."""

from __future__ import annotations

from urllib.parse import urlencode

import click

from gateway.cli.runs.reaching import Runs
from gateway.language.escaping import escaped

_NEWEST = 200


def warn_of_unknown(where: Runs, hook: str) -> bool:
    """Say so where no loaded hook and no stored run has the name, and which one was meant."""
    if _runs_of(where, {"hook": hook, "limit": 1}):
        return False
    known = {*where.hooks(), *_runs_of(where, {"limit": _NEWEST})}
    if hook in known:
        return False
    # With it comes jsonschema, which other commands do without.
    from gateway.language.explain.sentences import did_you_mean

    meant = did_you_mean(hook, sorted(known))
    told = f"gateway: no hook and no run has the name '{escaped(hook)}'"
    click.echo(f"{told}; {meant}" if meant else told, err=True)
    return True


def _runs_of(where: Runs, query: dict[str, str | int]) -> list[str]:
    """The hooks of the newest runs."""
    return [one["hook"] for one in where.ask("GET", f"/-/runs?{urlencode(query)}")["runs"]]

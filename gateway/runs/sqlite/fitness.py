"""Whether the file is one that this gateway may use now."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from gateway.runs.frozen import KEY, refusal
from gateway.runs.sealed import PREFIX, foreign
from gateway.runs.sqlite.control import StoreSettings
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.fault import GIVE_UP, Fault

_NEWEST = f"""SELECT substr(invocation, 1, {PREFIX}) FROM payload
    ORDER BY seq DESC LIMIT 1"""  # noqa: S608


def check(db: Database, settings: StoreSettings) -> None:
    """Raise a Fault where runs are being moved, or were, and where workers could not open what is
    stored.
    """
    found = db.one("SELECT value FROM meta WHERE key=?", (KEY,))
    problem = refusal(None if found is None else found[0], str(db.path.parent))
    if settings.checks_keys and not problem:
        problem = foreign(_newest(db), settings.known)
    if problem:
        raise Fault(GIVE_UP, problem)


def _newest(db: Database) -> bytes | None:
    """The beginning of what was stored last. Damage is told by who needs what is damaged: here it
    would end a store whose file is written once more when it is closed.
    """
    with suppress(sqlite3.DatabaseError):
        newest = db.one(_NEWEST)
        return None if newest is None else newest[0]
    return None

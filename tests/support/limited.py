"""`python -m tests.support.limited SETTINGS`: the gateway with limits that no flag can set, so
that tests reach them in a second.
"""

from __future__ import annotations

import sys

import msgspec

from gateway.cli.starting import start
from gateway.settings import Settings

if __name__ == "__main__":
    start(msgspec.json.decode(sys.argv[1], type=Settings, dec_hook=lambda kind, value: kind(value)))

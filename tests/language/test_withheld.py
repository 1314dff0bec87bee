"""A document that is no mapping may be a secret: nothing of it is shown, in no format."""

from __future__ import annotations

import pytest

from gateway.cli.formats import FORMATS, report
from gateway.language.read import read
from gateway.language.source import Source

SOUND = "name: a\nauthentication: none\nworkflow: http://workflows.internal/run\n"
TEXTS = {
    "text": "canary",
    "several-words": "canary and more\nof it\n",
    "quoted": '"canary"',
    "block": "|\n  canary\n",
    "list": "- canary\n- {user: canary, canary: 1}\n",
    "on-one-line": "[canary, &canary b, *canary, !canary c, {canary: 1, canary: 2}, {<<: canary}]",
    "numbers-as-keys": "- 1: canary\n- {0x7: canary}\n",
    "tag": "!canary x",
    "anchor": "&canary x",
    "alias": "*canary",
    "environment": "HOME=/root\0TOKEN=canary\0",
    "not-utf8": "TOKEN=canary\udcff",
    "key": "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n",
    "directive": "%canary",
    "at-sign": "@canary",
    "percent-then-more": "%canary canary\n---\ncanary\n",
    "bracket-never-closed": "[canary, b\n",
    "quotes-never-closed": '"canary\ncanary',
    "bracket-behind": "canary\n}\n",
    "two-texts": "canary\n--- canary\n",
    "tab": "\tcanary",
    "behind-a-hook": f"{SOUND}---\ncanary\n",
    "broken-behind-a-hook": f"{SOUND}---\n@canary\n",
    "before-a-hook": f"canary\n---\n{SOUND}",
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_mapping_is_not_shown(name: str) -> None:
    source = Source("a.yaml", TEXTS[name].encode(errors="surrogateescape"))
    reading = read([source])
    assert any(one.severity == "error" for one in reading.diagnostics)
    assert "canary" not in repr(reading.diagnostics)
    for render in FORMATS.values():
        assert "canary" not in render(report([source], reading))


@pytest.mark.parametrize("number", ["73189450273189450273189450", "7318945e7318945", "7318945"])
def test_a_number_alone_is_not_shown(number: str) -> None:
    source = Source("a.yaml", number.encode())
    for render in FORMATS.values():
        assert "7318945" not in render(report([source], read([source])))

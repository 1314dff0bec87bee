"""The page about signatures says of every known sender what its preset says."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from msgspec import UNSET

from gateway.language.senders import PRESETS
from gateway.language.spec.handshake import LongHandshake
from gateway.language.spec.signature import Preset

PAGE = (Path(__file__).parents[3] / "docs" / "signatures.md").read_text()
SENDERS = {
    line.split("`")[1]: [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("Secrets and notes:")[0].splitlines()
    if line.startswith("| `")
}


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_preset_has_a_row_that_agrees_with_it(preset: Preset) -> None:
    sender = PRESETS[preset]
    scheme = sender.scheme
    digest = "sha256" if scheme.digest is UNSET else scheme.digest
    algorithm = {"hmac": f"HMAC-{digest.upper()}", "ecdsa-p256": "ECDSA P-256"}[scheme.algorithm]
    assert SENDERS[preset] == [
        f"`{preset}`",
        f"`{scheme.header}`",
        f"`{scheme.signed}`",
        f"{algorithm}, {scheme.encoding}",
        "none signed" if scheme.timestamp is UNSET else sender.tolerance,
        f"[documentation]({sender.source})",
    ]


@pytest.mark.parametrize("kind", get_args(LongHandshake), ids=lambda kind: kind.__name__)
def test_every_handshake_has_a_row(kind: type) -> None:
    tag = kind.__struct_config__.tag  # type: ignore[attr-defined]
    section = PAGE.partition("## Handshakes")[2]
    assert f"| `{tag}` |" in section or f"type: {tag}," in section

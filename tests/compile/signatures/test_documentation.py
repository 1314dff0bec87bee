"""The page about signatures says of every known sender what its preset says."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from msgspec import UNSET

from gateway.language.read import read
from gateway.language.senders import PRESETS
from gateway.language.source import Source
from gateway.language.spec.signature import Preset
from tests.compile.signatures.test_vectors import kinds

PAGE = (Path(__file__).parents[3] / "docs" / "signatures.md").read_text()
SENDERS = {
    line.split("`")[1]: [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("Secrets and notes:")[0].splitlines()
    if line.startswith("| `")
}
ALGORITHMS = {"ecdsa-p256": "ECDSA P-256", "ed25519": "Ed25519", "rsa-sha256": "RSA-SHA256"}


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_preset_has_a_note_about_its_secret(preset: Preset) -> None:
    assert f"\n| `{preset}` | " in PAGE.partition("Secrets and notes:")[2]


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_preset_has_a_row_that_agrees_with_it(preset: Preset) -> None:
    sender = PRESETS[preset]
    scheme = sender.scheme
    digest = "sha256" if scheme.digest is UNSET else scheme.digest
    algorithm = ALGORITHMS.get(scheme.algorithm, f"HMAC-{digest.upper()}")
    place = f"`{scheme.header}`" if scheme.body is UNSET else f"`{scheme.body}` in the body"
    assert SENDERS[preset] == [
        f"`{preset}`",
        place,
        f"`{scheme.signed}`",
        f"{algorithm}, {scheme.encoding}",
        "none signed" if scheme.timestamp is UNSET else sender.tolerance,
        kinds()[preset],
        f"[documentation]({sender.source})",
    ]


UNSIGNED = [
    line.split("|")[2].strip().strip("`")
    for line in PAGE.partition("## Senders that do not sign")[2].partition("##")[0].splitlines()
    if line.startswith("| ") and "{type:" in line
]


@pytest.mark.parametrize("authentication", UNSIGNED)
def test_what_the_page_says_to_write_for_other_senders_has_no_finding(authentication: str) -> None:
    text = f"name: a\nmethod: POST\nauthentication: {authentication}\nworkflow: http://a/run\n"
    reading = read([Source("a.yaml", text.encode())])
    assert (len(reading.hooks), reading.diagnostics) == (1, ())

"""Signatures that others published, or made with the senders' own code: files under vectors/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.language.senders import PRESETS
from tests.compile.signatures.requests import Sent, compiled, verdict

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
IN_BODY = {"mailgun"}
"""Signatures that stand in the body and do not cover it: test_in_body has them."""
COVERING = [file for file in VECTORS if file.stem not in IN_BODY]
KINDS = ("published", "library", "sample", "algorithm")
BY_THEIR_LIBRARY = {"stripe", "twilio"}
"""Presets without a file here: test_counterparts has their senders' own library sign."""


def _load(file: Path) -> dict[str, Any]:
    vector: dict[str, Any] = msgspec.json.decode(file.read_bytes())
    return vector


def _verdict(vector: dict[str, Any], body: bytes) -> str | None:
    written = {"public_url": vector["public_url"]} if "public_url" in vector else {}
    sent = Sent(vector["headers"], body, vector.get("query", "").encode())
    scheme = compiled(vector["scheme"], **written)
    return verdict(scheme, sent, *vector["secrets"], now=vector["now"])


def kinds() -> dict[str, str]:
    """The best kind of vector of each preset, as its row of docs/signatures.md says it."""
    found = dict.fromkeys(BY_THEIR_LIBRARY, "library")
    for vector in map(_load, VECTORS):
        if isinstance(scheme := vector["scheme"], str):
            kind = _kind(vector["source"])
            found[scheme] = min(kind, found.get(scheme, kind), key=KINDS.index)
    return found


def _kind(source: str) -> str:
    """Of a vector, by how its source says where it comes from."""
    if source.startswith("https://"):
        return "published"
    if "(npm)" in source or "(PyPI)" in source:
        return "library"
    return "sample" if source.startswith("made by the code of") else "algorithm"


@pytest.mark.parametrize("file", VECTORS, ids=lambda file: file.stem)
def test_a_published_signature_is_verified(file: Path) -> None:
    vector = _load(file)
    assert vector["source"]
    assert _verdict(vector, vector["body"].encode()) is None


@pytest.mark.parametrize("file", COVERING, ids=lambda file: file.stem)
def test_a_published_signature_does_not_verify_another_body(file: Path) -> None:
    vector = _load(file)
    assert _verdict(vector, vector["body"].encode() + b"0") == "signature-wrong"


def test_every_preset_is_verified_against_something_that_is_not_ours() -> None:
    named = {scheme for file in VECTORS if isinstance(scheme := _load(file)["scheme"], str)}
    assert named | BY_THEIR_LIBRARY == set(PRESETS)

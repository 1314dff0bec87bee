"""GitHub's own JavaScript, where Node is there: it signs the bodies that octokit has collected."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGES = ("@octokit/webhooks-methods@6.0.0", "@octokit/webhooks-examples@7.6.1")
SIGN = """
import { createRequire } from "node:module";
import { sign } from "@octokit/webhooks-methods";
const examples = createRequire(import.meta.url)("@octokit/webhooks-examples");
for (const { name, examples: bodies } of examples) {
  for (const example of bodies) {
    const body = JSON.stringify(example);
    const signature = await sign(process.argv[2], body);
    process.stdout.write(JSON.stringify({ name, body, signature }) + "\\n");
  }
}
"""


class Delivery(NamedTuple):
    """A body as GitHub sends it: the event's name, the bytes, the header that signs them."""

    event: str
    body: bytes
    signature: str


@cache
def deliveries(secret: str) -> list[Delivery]:
    """Every example, signed. Skips the test where the packages cannot be had."""
    command = ["node", str(_packages() / "sign.mjs"), secret]
    output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    found = [json.loads(line) for line in output.splitlines()]
    return [Delivery(one["name"], one["body"].encode(), one["signature"]) for one in found]


def _packages() -> Path:
    """A directory outside the repository with the packages, kept from run to run."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    place = cache / "webhook-gateway-tests" / "octokit-6.0.0-7.6.1"
    if not place.exists() and not _install(npm, place):
        pytest.skip("npm cannot install @octokit/webhooks-methods here")
    return place


def _install(npm: str, place: Path) -> bool:
    """Install aside and rename, so that a half-installed directory is never used."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=place.parent))
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0")
    command = [npm, "install", "--prefix", str(aside), *options, *PACKAGES]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=40)
        (aside / "sign.mjs").write_text(SIGN)
        aside.rename(place)
    except (subprocess.SubprocessError, OSError):
        shutil.rmtree(aside, ignore_errors=True)
    return place.exists()

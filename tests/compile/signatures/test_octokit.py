"""GitHub's own JavaScript signs every example body that the octokit project has collected."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.compile.signatures.requests import Sent, compiled, verdict

PACKAGES = ("@octokit/webhooks-methods@6.0.0", "@octokit/webhooks-examples@7.6.1")
SECRET = "It's a Secret to Everybody"
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


@pytest.fixture(scope="module")
def packages() -> Path:
    """A directory outside the repository with the packages, kept from run to run."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    place = cache / "webhook-gateway-tests" / "octokit-6.0.0-7.6.1"
    if not place.exists() and not _install(npm, place):
        pytest.skip("npm cannot install @octokit/webhooks-methods here")
    return place


def test_every_octokit_example_that_github_signs_is_verified(packages: Path) -> None:
    command = ["node", str(packages / "sign.mjs"), SECRET]
    output = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    scheme = compiled("github")
    examples = [json.loads(line) for line in output.splitlines()]
    assert len(examples) > 200
    for example in examples:
        sent = Sent({"X-Hub-Signature-256": example["signature"]}, example["body"].encode())
        assert verdict(scheme, sent, SECRET) is None, example["name"]
        assert verdict(scheme, sent, "another secret") == "signature-wrong"

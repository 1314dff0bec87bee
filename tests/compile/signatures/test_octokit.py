"""GitHub's own JavaScript signs every example body that the octokit project has collected."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
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


@pytest.fixture(scope="module")
def packages() -> Path:
    """A directory outside the repository with the packages, kept from run to run."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    place = cache / "webhook-gateway-tests" / "octokit-6.0.0-7.6.1"
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "installed").exists():
        options = ("--prefix", str(place), "--ignore-scripts", "--no-audit", "--no-fund")
        done = subprocess.run(
            [npm, "install", *options, *PACKAGES], capture_output=True, check=False, timeout=50
        )
        if done.returncode != 0:
            pytest.skip("npm cannot install @octokit/webhooks-methods here")
        (place / "sign.mjs").write_text(SIGN)
        (place / "installed").touch()
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

"""GitHub's own JavaScript signs every example body that the octokit project has collected."""

from __future__ import annotations

from tests.compile.signatures.requests import Sent, compiled, verdict
from tests.support.octokit import deliveries

SECRET = "It's a Secret to Everybody"


def test_every_octokit_example_that_github_signs_is_verified() -> None:
    scheme = compiled("github")
    examples = deliveries(SECRET)
    assert len(examples) > 200
    for example in examples:
        sent = Sent({"X-Hub-Signature-256": example.signature}, example.body)
        assert verdict(scheme, sent, SECRET) is None, example.event
        assert verdict(scheme, sent, "another secret") == "signature-wrong"

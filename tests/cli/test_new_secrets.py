"""A secret that is made for trying things out is one that its hook can use."""

from __future__ import annotations

from pathlib import Path

from gateway.cli.new_secrets import make_secrets
from gateway.language.read import read
from gateway.language.source import Source

JWT = "type: jwt, issuer: i, audience: a"
HOOKS = f"""
name: sendgrid
authentication: {{type: signature, scheme: sendgrid, secrets: [{{secret: public}}, {{env: X}}]}}
workflow: {{url: 'http://w/', authentication: {{type: bearer, token: {{secret: token}}}}}}
---
name: tokens
authentication: {{{JWT}, algorithms: [RS256], secrets: [{{secret: pem}}]}}
workflow: http://w/
---
name: shared
authentication: {{{JWT}, algorithms: [HS512], secrets: [{{secret: long}}, {{secret: kept}}]}}
workflow: http://w/
---
name: own
method: POST
authentication:
  type: signature
  scheme: {{header: X-Signature, signed: '{{body}}', key: base64, min_key: 32}}
  secrets: [{{secret: base64}}]
workflow: http://w/
"""


def test_each_secret_has_the_form_that_its_hook_asks_for(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("as it was")
    specs = [hook.spec for hook in read([Source("a.yaml", HOOKS.encode())]).hooks]
    assert len(specs) == 4
    assert list(make_secrets(specs, tmp_path)) == [
        f"created {tmp_path}/base64",
        f"created {tmp_path}/long",
        f"{tmp_path}/pem must contain the sender's public key: write it there",
        f"{tmp_path}/public must contain the sender's public key: write it there",
        f"created {tmp_path}/token",
    ]
    assert (tmp_path / "kept").read_text() == "as it was"
    assert len((tmp_path / "long").read_text().strip()) >= 64
    assert next(make_secrets(specs, tmp_path)).startswith(f"{tmp_path}/pem must contain")

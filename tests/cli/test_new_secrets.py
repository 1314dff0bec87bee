"""A secret that is made for trying things out is one that its hook can use."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.new_secrets import make_secrets
from gateway.compile.secret_forms import form_of
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


SIGNING = """
name: NAME
method: POST
authentication: none
workflow:
  url: http://w/
  authentication: {type: signature, scheme: SCHEME, secrets: [{secret: signing}]}
"""
PAIR = "{header: X-S, signed: '{body}', algorithm: ALGORITHM, key: spki, encoding: base64}"
SCHEMES = {
    "standard-webhooks": "standard-webhooks",
    "shared": "{header: X-S, signed: '{body}', key: hex, min_key: 32}",
    **{name: PAIR.replace("ALGORITHM", name) for name in ("ed25519", "ecdsa-p256", "rsa-sha256")},
}


@pytest.mark.parametrize("name", SCHEMES)
def test_a_workflow_can_be_called_with_a_secret_that_was_made_for_it(
    tmp_path: Path, name: str
) -> None:
    text = SIGNING.replace("NAME", name).replace("SCHEME", SCHEMES[name])
    (hook,) = read([Source("a.yaml", text.encode())]).hooks
    assert list(make_secrets([hook.spec], tmp_path)) == [f"created {tmp_path}/signing"]
    steps = ("workflow", "authentication", "secrets", 0, "secret")
    assert form_of(hook.spec, steps)((tmp_path / "signing").read_bytes().rstrip())

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


CREDENTIALS = {
    "token": "authentication: {{type: bearer, tokens: [{}]}}",
    "password": "authentication: {{type: basic, users: [{{username: a, password: {}}}]}}",
    "user": "authentication: {{type: basic, users: [{}]}}",
    "key": "authentication: {{type: api-key, header: X-Key, keys: [{}]}}",
    "signature": "authentication: {{type: signature, scheme: github, secrets: [{}]}}",
    "name": "authentication: {{type: bearer, tokens: [{{secret: {}}}]}}",
    "variable": "authentication: {{type: bearer, tokens: [{{env: {}}}]}}",
    "digest": "authentication: {{type: bearer, tokens: [{{sha256: {}}}]}}",
    "handshake": "handshake: {{type: meta, verify_token: {}}}",
    "workflow-token": "workflow: {{url: 'http://a', authentication: {{type: bearer, token: {}}}}}",
    "workflow-header": "workflow: {{url: 'http://a', authentication: "
    "{{type: header, name: X-Key, value: {}}}}}",
    "client-key": "workflow: {{url: 'https://a', tls: {{certificate: {{secret: a}}, key: {}}}}}",
    "misplaced": "authentication: {{type: bearer, password: {}}}",
    "block": "authentication:\n  type: bearer\n  tokens:\n    - {}",
}
PASTED = [
    "{canary}", "{canary: }", "{canary: x}", "{'canary': x}", "{? canary}", "{canary.a: x}",
    "{value: canary}", "{valu: {canary}}", "{secret: {canary}}", "{secret: [{canary}]}",
    "{env: {canary: 1}}", "{secret: a, canary: b}", "{canary: a, canary: b}", "{type: {canary}}",
    "[canary: x]", "*canary", "&canary x", "!canary x", "!!canary x", "{<<: canary}",
    "{true: canary}", "{? [canary] : x}", "{7318945: canary}", '{"canary\\n": x}',
]  # fmt: skip


@pytest.mark.parametrize("form", PASTED)
@pytest.mark.parametrize("place", CREDENTIALS)
def test_a_secret_that_is_read_as_a_key_or_as_notation_is_not_shown(place: str, form: str) -> None:
    rest = "" if CREDENTIALS[place].startswith("workflow") else "workflow: http://a\n"
    text = f"name: a\nmethod: POST\n{CREDENTIALS[place].format(form)}\n{rest}"
    source = Source("a.yaml", text.encode())
    reading = read([source])
    assert any(one.severity == "error" for one in reading.diagnostics)
    for render in FORMATS.values():
        assert "canary" not in render(report([source], reading))


@pytest.mark.parametrize("place", ["token", "password", "user", "key", "signature", "handshake"])
def test_brackets_behind_a_credential_that_are_never_closed_are_not_shown(place: str) -> None:
    text = f"name: a\n{CREDENTIALS[place].format('{canary')}\nworkflow: http://a\n"
    source = Source("a.yaml", text.encode())
    for render in FORMATS.values():
        assert "canary" not in render(report([source], read([source])))


@pytest.mark.parametrize("key", ["secrt", "sha265", "value", "plaintext", "secretRef", "pasword"])
def test_a_slip_of_the_pen_beside_a_secret_is_named(key: str) -> None:
    text = (
        f"name: a\nauthentication: {{type: bearer, tokens: [{{{key}: x}}]}}\nworkflow: http://a\n"
    )
    assert f"'{key}'" in repr(read([Source("a.yaml", text.encode())]).diagnostics)

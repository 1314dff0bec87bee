"""A credential that stands in a file is found, and shown by no command and in no format."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.dev import _line
from gateway.cli.formats import FORMATS
from gateway.cli.hookfiles import find
from gateway.cli.plan_formats import FORMATS as PLANS
from gateway.language.read import read
from gateway.settings import Settings
from tests.support.command import called

CANARY = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3bC6dE9fG2"
GITHUB = "gh" + "p_" + CANARY
STRIPE = "sk_" + "live_" + CANARY
HEAD = "method: POST\nauthentication: {type: bearer, tokens: [{secret: a}]}\n"
URL = "workflow: http://workflows.internal/a\n"

PLACES = {
    "value": f"authentication: {{type: bearer, tokens: [{{value: {GITHUB}}}]}}\n{URL}",
    "list": f"authentication: {{type: bearer, tokens: [{GITHUB}]}}\n{URL}",
    "name": f"authentication: {{type: bearer, tokens: [{{secret: {GITHUB}}}]}}\n{URL}",
    "variable": f"authentication: {{type: bearer, tokens: [{{env: {GITHUB}}}]}}\n{URL}",
    "query": f"{HEAD}workflow: http://workflows.internal/a?x={STRIPE}\n",
    "userinfo": f"{HEAD}workflow: http://user:{CANARY}@workflows.internal/a\n",
    "header": f"{HEAD}workflow: {{url: http://w.internal/a, headers: {{X-Any: {STRIPE}}}}}\n",
    "body": f"{HEAD}workflow: {{url: http://w.internal/a, body: {{any: [{STRIPE}]}}}}\n",
    "rule": f"{HEAD}match: {{body: {{any: {STRIPE}}}, headers: {{X-Any: {STRIPE}}}}}\n{URL}",
    "rule-by-name": f"{HEAD}match: {{body: {{passcode: {CANARY[:9]}}}}}\n{URL}",
    "contradiction": f"{HEAD}match: {{body: {{a: {{eq: {STRIPE}, prefix: b}}}}}}\n{URL}",
    "key": f"{HEAD}{STRIPE}: 1\n{URL}",
    "method": f"authentication: none\nmethod: {STRIPE}\n{URL}",
    "path": f"{HEAD}path: /a/{STRIPE}\n{URL}",
    "description": f"{HEAD}description: use {STRIPE} here\n{URL}",
    "comment": f"{HEAD}{URL}# the old one was {STRIPE}\n",
    "escaped": f'{HEAD}description: "gh\\u0070_{CANARY}"\n{URL}',
    "folded": f'{HEAD}description: "gh\\\n  p_{CANARY}"\n{URL}',
    "random": f"{HEAD}description: {CANARY}\n{URL}",
    "private": f"{HEAD}description: |\n  -----BEGIN {'PRIVATE'} KEY-----\n  {CANARY}\n{URL}",
    "on-one-line": f"{{authentication: none, methd: GET, description: {STRIPE}, "
    "workflow: http://a}\n",
    "not-yaml": f"{HEAD}{URL}a: [\nb: {STRIPE}\n",
    "text": f"{STRIPE}\n",
}


RULES = {
    "known": (
        "match: {body: {any: [{0}], deep.er: {0}}, query: {a: {0}}, headers: {X-Any: {0}}}",
        STRIPE,
    ),
    "called": ("match: {body: {order.passcode: {0}, pwd: [{0}]}, query: {token: {0}}}", CANARY[:9]),
    "field": ("receive: {field: p}\nmatch: {body: {a.passcode: {0}}}", CANARY[:9]),
    "form": ("receive: {as: form}\nmatch: {body: {passcode: {0}}}", CANARY[:9]),
    "inner": ("receive: {json_in: [a]}\nmatch: {body: {a.passcode: {0}}}", CANARY[:9]),
    "header": ("match: {headers: {X-Gitlab-Token: {0}}}", CANARY[:9]),
    "alternative": ("match: {any: [{body: {pwd: {0}}}, {query: {token: {0}}}]}", CANARY[:9]),
    "element": ("match: {body: {users: {any: {password: {0}}}}}", CANARY[:9]),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_curl_line_has_no_credential_that_a_rule_compares_with(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rule: str
) -> None:
    text, credential = RULES[rule]
    hook = f"name: a\nmethod: POST\nauthentication: none\n{text.replace('{0}', credential)}\n{URL}"
    (tmp_path / "a.yaml").write_text(hook)
    status, shown, said = called(capsys, "sign", "a", "--hooks", str(tmp_path))
    assert status == 0
    assert "***" in shown or "%2A%2A%2A" in shown
    assert CANARY[:9] not in shown + said
    assert "replace ***" in said
    (spec,) = read(find([str(tmp_path)]).sources).hooks
    line = _line(spec.spec, Settings(hooks=tmp_path, secrets=tmp_path))
    assert line.startswith("# replace ***")
    assert CANARY[:9] not in line


def _hook(place: str, text: str) -> str:
    flow = text.startswith("{")
    if place == "text":
        return text
    return f"{{name: {place}, {text[1:]}" if flow else f"name: {place}\n{text}"


@pytest.mark.parametrize("place", PLACES)
def test_a_credential_is_found_and_not_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for directory in ("hooks.d", "old", "secrets"):
        (tmp_path / directory).mkdir()
    (tmp_path / "hooks.d" / "a.yaml").write_text(_hook(place, PLACES[place]))
    (tmp_path / "old" / "a.yaml").write_text(f"name: old\n{HEAD}{URL}")
    told = ""
    for form in FORMATS:
        _, text, said = called(
            capsys, "validate", "--format", form, "--secrets", "secrets", "--check-env"
        )
        assert "plaintext-credential" in text or "secret-in-yaml" in text, form
        told += text + said
    for arguments in (("routes",), ("routes", "--format", "json")):
        told += "".join(called(capsys, *arguments)[1:])
    for form in PLANS:
        for pair in (("old", "hooks.d"), ("hooks.d", "old")):
            told += "".join(called(capsys, "plan", *pair, "--format", form)[1:])
    assert CANARY[:9] not in told

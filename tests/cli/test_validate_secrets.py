"""Hooks are checked without any secret; on request every reference must lead to one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.cli.hookfiles import find
from gateway.compile.guards import compile_guards
from gateway.language.read import read
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.support.command import called
from tests.support.gateway import gateway, write_files

HOOKS = """\
name: first
method: POST
authentication:
  type: bearer
  tokens:
    - secret: there
    - secret: missing
    - env: GATEWAY_TEST_TOKEN
workflow:
  url: http://127.0.0.1:9000/run/first
  authentication: {type: bearer, token: {secret: empty}}
---
name: second
handshake: {type: meta, verify_token: {secret: newline}}
authentication:
  {type: signature, scheme: meta, secrets: [{env: GATEWAY_TEST_EMPTY}], trust_unsigned: [env]}
workflow: http://127.0.0.1:9000/run/second
match: {query: {env: not-a-reference}}
method: POST
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with hooks, and secrets of which two can be used."""
    write_files(tmp_path, {"hooks.d/a.yaml": HOOKS})
    secrets = {"there": "x\n", "empty": "", "newline": "\n"}
    write_files(tmp_path / "secrets", secrets)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str]]:
    status, text, _ = called(capsys, "validate", "--format", "json", *arguments)
    found = json.loads(text)["diagnostics"]
    assert status == bool(found)
    assert {one["code"] for one in found} <= {"missing-secret"}
    return [(f"{one['place']['line']}:{one['place']['column']}", one["message"]) for one in found]


@pytest.mark.usefixtures("site")
def test_no_secret_is_needed_to_check_hooks(capsys: pytest.CaptureFixture[str]) -> None:
    assert _found(capsys) == []


@pytest.mark.usefixtures("site")
def test_each_reference_without_a_value_has_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert _found(capsys, "--secrets", "secrets") == [
        ("7:15", "secret 'missing' is missing"),
        ("11:50", "secret 'empty' is empty"),
        ("14:48", "secret 'newline' is empty"),
    ]


@pytest.mark.usefixtures("site")
def test_variables_are_checked_only_where_that_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_TEST_EMPTY", "")
    assert _found(capsys, "--check-env") == [
        ("8:12", "variable 'GATEWAY_TEST_TOKEN' is missing"),
        ("16:51", "variable 'GATEWAY_TEST_EMPTY' is empty"),
    ]
    monkeypatch.setenv("GATEWAY_TEST_TOKEN", "x")
    monkeypatch.setenv("GATEWAY_TEST_EMPTY", "x" * 32)
    assert _found(capsys, "--check-env") == []


def test_what_the_check_says_is_what_the_server_does(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = "name: {0}\nauthentication: {{type: bearer, tokens: [{{secret: {0}}}]}}\n"
    hooks = [f"{hook.format(name)}workflow: http://127.0.0.1:9/\n" for name in ("there", "empty")]
    write_files(site, {"hooks.d/a.yaml": "---\n".join(hooks)})
    assert [message for _, message in _found(capsys, "--secrets", "secrets")] == [
        "secret 'empty' is empty"
    ]
    with gateway(site, {}) as server:
        assert server.request("GET", "/hooks/there").status_code == 401
        assert server.request("GET", "/hooks/empty").status_code == 503


@pytest.mark.usefixtures("site")
def test_a_secrets_directory_that_is_none_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, text, said = called(capsys, "validate", "--secrets", "hooks.d/a.yaml")
    assert (status, text) == (2, "")
    assert "--secrets: hooks.d/a.yaml is not a directory" in said


def test_a_fifo_among_the_secrets_does_not_hold_the_check(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(site / "secrets" / "missing")
    found = dict(_found(capsys, "--secrets", "secrets"))
    assert found["7:15"] == "secret 'missing' cannot be read: not a regular file"


def test_no_value_is_ever_shown(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "secrets" / "there").write_text("hunter2-" * 10_000)
    status, text, said = called(capsys, "validate", "--secrets", "secrets")
    assert status == 1
    assert "secret 'there' cannot be read: larger than 65536 bytes" in text
    assert "hunter2" not in text + said


FORMS = """\
name: form
method: POST
authentication: {type: AUTHENTICATION, secrets: [{secret: value}]}
workflow: http://127.0.0.1:9000/run/form
"""
SIGNED = "signature, scheme: "
JWT = "jwt, issuer: a, audience: b, algorithms: "


@pytest.mark.parametrize(
    ("authentication", "value", "said"),
    [
        (SIGNED + "svix", '"whsec_aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8"', "'whsec_'"),
        (SIGNED + "svix", "whsec_hello hello", "is not base64"),
        (SIGNED + "github", "short", "a key of 5 bytes"),
        (SIGNED + "sendgrid", "no key", "is not a public key"),
        (SIGNED + "{header: X, signed: '{body}', key: base64}", "a-b", "is not base64"),
        (JWT + "[HS256]", "too short", "9 bytes"),
        (JWT + "[RS256]", "no key", "not a public key in PEM form"),
    ],
)
def test_a_secret_is_judged_as_the_server_judges_it(
    site: Path, capsys: pytest.CaptureFixture[str], authentication: str, value: str, said: str
) -> None:
    (site / "secrets" / "value").write_text(value)
    write_files(site, {"hooks.d/a.yaml": FORMS.replace("AUTHENTICATION", authentication)})
    status, text, _ = called(capsys, "validate", "--secrets", "secrets")
    assert status == 1
    assert "error[missing-secret]: secret 'value' cannot be used: " in text
    assert said in text
    assert value not in text
    (hook,) = read(find(["hooks.d"]).sources).hooks
    runtime = Runtime(Settings(hooks=site / "hooks.d", secrets=site / "secrets"))
    (need,) = compile_guards(hook.spec, runtime).needs
    assert need.problem in text


@pytest.mark.parametrize(
    ("scheme", "value", "said"),
    [
        ("github", '"of-the-webhook"', "is in quotes"),
        ("github", "'of-the-webhook'\n", "is in quotes"),
        ("github", " of-the-webhook", "starts or ends with a space or a line break"),
        ("github", "of-the-webhook\n\n", "starts or ends with a space or a line break"),
        ("stripe", "of-the-webhook", "does not start with 'whsec_', as secrets of stripe must"),
        ("paddle", "of-the-webhook", "does not start with 'pdl_ntfset_'"),
    ],
)
def test_a_secret_that_is_odd_is_a_warning(
    site: Path, capsys: pytest.CaptureFixture[str], scheme: str, value: str, said: str
) -> None:
    (site / "secrets" / "value").write_text(value)
    write_files(site, {"hooks.d/a.yaml": FORMS.replace("AUTHENTICATION", SIGNED + scheme)})
    status, text, _ = called(capsys, "validate", "--secrets", "secrets")
    assert status == 0
    assert f"warning[odd-secret]: secret 'value' {said}" in text
    assert value.strip() not in text


@pytest.mark.usefixtures("site")
def test_a_secret_that_no_header_can_carry_is_reported_without_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hook = """name: third
authentication: none
workflow:
  url: http://w/
  authentication: {type: header, name: X-Key, value: {secret: broken}}
"""
    write_files(Path(), {"hooks.d/a.yaml": hook, "secrets/broken": "canary\nof two lines\n"})
    ((_, message),) = _found(capsys, "--secrets", "secrets")
    wanted = "it contains control characters, which no header can carry"
    assert message == f"secret 'broken' cannot be used: {wanted}"

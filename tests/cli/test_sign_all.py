"""What `gateway sign` prints starts the workflow of every hook of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli.new_secrets import make_secrets
from gateway.language.inputs import workflow_of
from gateway.language.read import read_source
from gateway.language.references import references
from gateway.language.source import Source
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.template.url import parse_url
from tests.cli.test_sign import PAIRED, Site, private_keys
from tests.recipes.pages import PAGES, hook_of
from tests.support.command import called
from tests.support.gateway import gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

ROOT = Path(__file__).parents[2]


def _hook(text: str) -> Hook:
    (hook,) = read_source(Source("hook.yaml", text.encode())).hooks
    return hook.spec


def _texts() -> Iterator[str]:
    """Every example and recipe, each hook with a name of its own."""
    files = [file for name in ("gateway/examples", "hooks.d") for file in (ROOT / name).iterdir()]
    texts = [file.read_text() for file in sorted(files) if file.suffix == ".yaml"]
    for index, text in enumerate([*texts, *map(hook_of, PAGES.values())]):
        yield re.sub(r"^name: (.+)$", rf"name: \1-{index}", text, count=1, flags=re.MULTILINE)


HOOKS = {_hook(text).name: text for text in _texts()}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Site]:
    directory: Path = tmp_path_factory.mktemp("everything")
    (directory / "secrets").mkdir()
    keys, specs, written = private_keys(directory), [], {}
    for name, text in HOOKS.items():
        spec = _hook(text)
        specs.append(spec)
        origin = parse_url(workflow_of(spec).url).origin
        written[f"{name}.yaml"] = text.replace(origin, f"{workflow.url}/run")
        for secret in _secrets(spec) if _scheme(spec) in keys else ():
            (directory / "secrets" / secret).write_text(keys[_scheme(spec)])
    for _ in make_secrets(specs, directory / "secrets"):
        pass
    with gateway(directory, written, "--state", str(directory / "state")) as server:
        yield Site(server, directory)


def _scheme(spec: Hook) -> str:
    """The preset of a hook that verifies signatures, else nothing."""
    signed = spec.authentication
    if isinstance(signed, SignatureAuthentication) and isinstance(signed.scheme, str):
        return signed.scheme
    return ""


def _secrets(spec: Hook) -> list[str]:
    return [name for kind, name in references(spec) if kind == "secret"]


@pytest.mark.parametrize("name", HOOKS)
def test_the_line_starts_the_workflow_of_each_hook_of_the_repository(
    everything: Site, workflow: Workflow, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    scheme = _scheme(_hook(HOOKS[name]))
    key = ("--key", str(everything.directory / PAIRED[scheme])) if scheme in PAIRED else ()
    line, _ = everything.sign(capsys, name, *key)
    workflow.received.clear()
    status, answer = everything.send(line)
    # The answer to a durable hook comes before its call.
    until(lambda: workflow.received)
    assert len(workflow.received) == 1, (line, status, answer)


CUSTOM = "scheme: {header: X-Sig, signed: '{url}{body}'}, public_url: 'https://h.example.com'"


def test_a_body_that_the_hook_cannot_tell_from_the_url_is_not_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "a").write_text("0123456789abcdef")
    (tmp_path / "form").write_text("a=1")
    (tmp_path / "hooks.yaml").write_text(
        "name: signed\nmethod: POST\n"
        f"authentication: {{type: signature, {CUSTOM}, secrets: [{{secret: a}}]}}\n"
        "workflow: http://w.example.com/\n"
    )
    common = ("--hooks", str(tmp_path / "hooks.yaml"), "--secrets", str(tmp_path / "secrets"))
    status, line, said = called(capsys, "sign", "signed", *common, "--body", str(tmp_path / "form"))
    assert (status, line) == (2, "")
    assert "takes only a body that no URL can continue, such as JSON" in said


def test_a_slack_command_is_sent_as_the_form_that_slack_sends(
    everything: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    name = next(name for name in HOOKS if name.startswith("slack-deploy-"))
    line, _ = everything.sign(capsys, name)
    assert "Content-Type: application/x-www-form-urlencoded" in line
    assert "command=%2Fdeploy" in line

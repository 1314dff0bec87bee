"""Workflows behind TLS: an authority of one's own, and a certificate that the gateway shows."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from tests.support.command import run
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

HOOK = """
name: certified
method: POST
authentication: none
workflow:
  url: URL/run/certified
  tls: {certificate: {secret: crt}, key: {secret: key}}
---
name: nobody
method: POST
authentication: none
workflow: URL/run/nobody
"""
AUTHORITY = trustme.CA()


@pytest.fixture(scope="module")
def strict() -> Iterator[Workflow]:
    """A workflow that asks for a certificate and takes those of one authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    AUTHORITY.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    endpoint = Workflow(context).start()
    yield endpoint
    endpoint.stop()


def _files(certificate: trustme.LeafCert) -> dict[str, str]:
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    return {"crt": chain.decode(), "key": certificate.private_key_pem.bytes().decode()}


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(path)
    return str(path)


def _write(files: dict[str, str], directory: Path) -> None:
    for name, text in files.items():
        (directory / "secrets" / name).write_text(text)


def _status(running: Gateway, name: str) -> int:
    return running.request("POST", f"/hooks/{name}", json={}).status_code


def test_the_certificate_is_shown_and_rotates(
    tmp_path: Path, strict: Workflow, bundle: str
) -> None:
    hooks = {"hooks.yaml": HOOK.replace("URL", strict.url)}
    one, two = (_files(AUTHORITY.issue_cert(name)) for name in ("one.example", "two.example"))
    strict.callers.clear()
    with gateway(tmp_path, hooks, "--ca-file", bundle, secrets=one) as running:
        assert _status(running, "certified") == 200
        assert _status(running, "nobody") == 502
        _write(two, tmp_path)
        until(lambda: _status(running, "certified") == 200 and "two.example" in strict.callers)
        assert list(dict.fromkeys(strict.callers)) == ["one.example", "two.example"]


def _without_key(files: dict[str, str]) -> dict[str, str]:
    return {**files, "key": "\n"}


def _of_another(files: dict[str, str]) -> dict[str, str]:
    return {**files, "key": _files(AUTHORITY.issue_cert("other.example"))["key"]}


def _swapped(files: dict[str, str]) -> dict[str, str]:
    return {"crt": files["key"], "key": files["crt"]}


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (_without_key, "secret 'key' is empty"),
        (_of_another, "the key does not match the certificate"),
        (_swapped, "the certificate is not in PEM form"),
    ],
)
def test_a_certificate_that_cannot_be_used_takes_its_hook_alone_out_of_service(
    tmp_path: Path,
    strict: Workflow,
    bundle: str,
    broken: Callable[[dict[str, str]], dict[str, str]],
    problem: str,
) -> None:
    hooks = {"hooks.yaml": HOOK.replace("URL", strict.url)}
    sound = _files(AUTHORITY.issue_cert("one.example"))
    with gateway(tmp_path, hooks, "--ca-file", bundle, secrets=broken(sound)) as running:
        assert _status(running, "certified") == 503
        shown = running.request("GET", "/-/status", headers=ADMIN).text
        assert problem in shown
        assert "PRIVATE KEY" not in shown
        assert _status(running, "nobody") == 502
        _write(sound, tmp_path)
        until(lambda: _status(running, "certified") == 200)
        _write(broken(sound), tmp_path)
        until(lambda: _status(running, "certified") == 503)


def test_without_the_authority_the_workflow_is_not_called(tmp_path: Path, strict: Workflow) -> None:
    strict.received.clear()
    hooks = {"hooks.yaml": HOOK.replace("URL", strict.url)}
    secrets = _files(AUTHORITY.issue_cert("one.example"))
    with gateway(tmp_path, hooks, secrets=secrets) as running:
        answer = running.request("POST", "/hooks/certified", json={})
        assert answer.status_code == 502
        reason = "the gateway could not make a trusted TLS connection to the workflow"
        assert answer.json()["reason"] == reason
    assert not strict.received


def test_a_bundle_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "hooks.d").mkdir()
    (tmp_path / "junk.pem").write_text("junk")
    for name, problem in (("junk.pem", "no certificates in PEM form"), ("none", "cannot be read")):
        done = run("serve", "hooks.d", "--ca-file", name, directory=tmp_path)
        assert done.returncode == 2
        assert f"--ca-file: {name}" in done.stderr
        assert problem in done.stderr

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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, strict: Workflow) -> Iterator[Gateway]:
    """One that starts without a key and then has the certificate of `one.example`."""
    directory = tmp_path_factory.mktemp("certified")
    AUTHORITY.cert_pem.write_to_path(bundle := str(directory / "ca.pem"))
    hooks = {"hooks.yaml": HOOK.replace("URL", strict.url)}
    one = _files(AUTHORITY.issue_cert("one.example"))
    with gateway(directory, hooks, "--ca-file", bundle, secrets=_without_key(one)) as found:
        assert _status(found, "certified") == 503, "it is out of service from the start"
        assert _status(found, "nobody") == 502
        _write(one, found)
        until(lambda: _status(found, "certified") == 200)
        yield found


def _write(files: dict[str, str], running: Gateway) -> None:
    for name, text in files.items():
        (running.log.parent / "secrets" / name).write_text(text)


def _status(running: Gateway, name: str) -> int:
    return running.request("POST", f"/hooks/{name}", json={}).status_code


def test_the_certificate_is_shown_and_rotates(running: Gateway, strict: Workflow) -> None:
    assert _status(running, "certified") == 200
    assert _status(running, "nobody") == 502
    _write(_files(AUTHORITY.issue_cert("two.example")), running)
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
    running: Gateway, broken: Callable[[dict[str, str]], dict[str, str]], problem: str
) -> None:
    sound = _files(AUTHORITY.issue_cert("one.example"))
    _write(broken(sound), running)
    until(lambda: _status(running, "certified") == 503)
    shown = running.request("GET", "/-/status", headers=ADMIN).text
    assert problem in shown
    assert "PRIVATE KEY" not in shown
    assert _status(running, "nobody") == 502
    _write(sound, running)
    until(lambda: _status(running, "certified") == 200)


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

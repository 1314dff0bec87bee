"""What `gateway sign` prints opens the hook, when a shell runs it and a real curl sends it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.cli.new_secrets import make_secrets
from gateway.language.read import read
from gateway.language.senders import PRESETS as SENDERS
from gateway.language.source import Source
from gateway.language.spec.signature import Preset
from tests.support import tokens
from tests.support.command import called
from tests.support.gateway import Gateway, gateway
from tests.support.workflow import Workflow

PRESETS: tuple[Preset, ...] = get_args(Preset)
PUBLIC_URL = "public_url: 'https://hooks.example.com'"
JWT = "type: jwt, issuer: 'https://issuer.example', audience: [gateway, other]"
OTHERS = {
    "plain": "none",
    "basic": "{type: basic, users: [{username: 'p$x!', password: {secret: basic}}]}",
    "bearer": "{type: bearer, tokens: [{sha256: OTHER}, {secret: bearer}]}",
    "variable": "{type: bearer, tokens: [{env: SIGN_TOKEN}]}",
    "key": "{type: api-key, header: X-Api-Key, keys: [{secret: 'key'}]}",
    "query": "{type: api-key, query: 'my key', keys: [{secret: odd}]}",
    "shared": f"{{{JWT}, algorithms: [HS512, HS256], secrets: [{{secret: shared}}], "
    "claims: {scope: {contains: deploy}, /org/id: 7}}",
    "rotated": "{type: signature, scheme: github, secrets: [{secret: odd, "
    "expires: '2020-01-01T00:00:00Z'}, {secret: bearer}]}",
}
KEY = "type: api-key, keys: [{secret: key}]"
READ = {
    "json-key": f"{{{KEY}, body: /auth/passcode}}",
    "form-key": f"{{{KEY}, body: /token}}\nreceive: {{as: form}}\nmatch: {{body: {{text: a b}}}}",
    "field-key": f"{{{KEY}, body: /token}}\nreceive: {{field: p}}\nmatch: {{body: {{type: it's}}}}",
    "field": "none\nreceive: {field: payload}\nmatch: {body: {type: block_actions}}",
    "inner": "none\nreceive: {as: json, json_in: [a, a.b]}\nmatch: {body: {a.b.c: 1, d.e: x}}",
    "multipart": "none\nreceive: {as: multipart, json_in: [a]}\nmatch: {body: {a.b: 1, c: x}}",
    "charset": "none\nreceive: {charset: latin-1}\nmatch: {body: {a: ü}}",
    "text": "none\nreceive: {as: text}",
}
"""Hooks whose bodies are read in another form, or have the key in them."""
MAPPED = f"""name: mapped
path: /mapped/{{city}}
method: POST
authentication: {{{JWT}, algorithms: [HS256], secrets: [{{secret: shared}}], claims: {{org: 7}}}}
workflow:
  url: URL/run/${{path.city | int}}
  data:
    who: ${{sender.claims.sub}}
    total: ${{body.order.total | int}}
    page: ${{query.page}}
    org: ${{sender.claims.org}}
"""
"""Reads what no rule asks for."""
DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
PAIRED = {
    "sendgrid": "sg.pem",
    "discord": "whsk",
    "kick": "rsa.pem",
    "wise": "rsa.pem",
    "ed25519": "whsk",
    "public": "rsa.pem",
}
"""Hooks that know a public key, and the file with the private one."""
KEYS = tuple(PAIRED.values())


class Site(NamedTuple):
    """A running gateway and the directory with its hooks, its secrets and its callers' files."""

    server: Gateway
    directory: Path

    def sign(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
        """The line, and what is said beside it."""
        file, secrets = (
            self.directory / "hooks.d" / f"{arguments[0]}.yaml",
            self.directory / "secrets",
        )
        common = ["--hooks", str(file), "--secrets", str(secrets), "--url", self.server.url]
        status, line, said = called(capsys, "sign", *arguments, *common)
        assert status == 0, said
        return line, said

    def send(self, line: str) -> tuple[int, str]:
        """The status and the body that come back."""
        shell = f"{line.rstrip()} --silent --write-out '\\n%{{http_code}}'"
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "SIGN_TOKEN": "of-the-variable"}
        done = subprocess.run(
            ["sh"],
            input=shell.encode(),
            capture_output=True,
            env=environment,
            cwd=self.directory,
            check=True,
        )
        body, _, status = done.stdout.decode().rpartition("\n")
        return int(status), body


def _hooks() -> dict[str, str]:
    """The text of each hook by its name, for a file of its own: the command reads only that one."""
    written: dict[str, str] = {
        preset: f"{{type: signature, scheme: {preset}, secrets: [{{secret: {preset}}}]"
        + (f", {PUBLIC_URL}}}" if "{url}" in SENDERS[preset].scheme.signed else "}")
        for preset in PRESETS
    }
    written |= {name: text.replace("OTHER", DIGEST) for name, text in OTHERS.items()}
    written["ed25519"] = "{type: signature, scheme: svix, secrets: [{secret: ed25519}]}"
    written["public"] = f"{{{JWT}, algorithms: [ES256, PS256], secrets: [{{secret: public}}]}}"
    methods = dict.fromkeys(written, "[GET, POST]") | dict.fromkeys(READ, "POST")
    hooks = {
        name: f"name: {name}\nmethod: {methods[name]}\nauthentication: {text}\n"
        f"workflow: URL/run/{name}\n"
        for name, text in (written | READ).items()
    }
    return {**hooks, "mapped": MAPPED}


def private_keys(directory: Path) -> dict[str, str]:
    """The public halves as secrets; the private ones are written beside them."""
    for kind, name in (("P-256", "sg.pem"), ("rsa-2048", "rsa.pem")):
        key = tokens.private_key(kind)
        form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (directory / name).write_bytes(key.private_bytes(*form))
    key = tokens.private_key("Ed25519")
    raw = (Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    seed, public = key.private_bytes(*raw), key.public_key().public_bytes_raw()
    (directory / "whsk").write_text("whsk_" + b64encode(seed).decode())
    return {
        "sendgrid": tokens.pem("P-256"),
        "discord": public.hex(),
        "kick": tokens.pem("rsa-2048"),
        "wise": tokens.pem("rsa-2048"),
        "ed25519": "whpk_" + b64encode(public).decode(),
        "public": tokens.pem("rsa-2048"),
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Site]:
    directory: Path = tmp_path_factory.mktemp("sign")
    files = {f"{name}.yaml": text.replace("URL", workflow.url) for name, text in _hooks().items()}
    (directory / "secrets").mkdir()
    given = {**private_keys(directory), "odd": "a key & a=b% ü", "basic": "pa:ss w\\o$rd"}
    for name, value in given.items():
        (directory / "secrets" / name).write_text(value)
    sources = [Source(name, text.encode()) for name, text in files.items()]
    specs = [hook.spec for hook in read(sources).hooks]
    for _ in make_secrets(specs, directory / "secrets"):
        pass
    environment = {"SIGN_TOKEN": "of-the-variable"}
    with gateway(directory, files, environment=environment) as server:
        yield Site(server, directory)


def _key(name: str, site: Site) -> tuple[str, ...]:
    return ("--key", str(site.directory / PAIRED[name])) if name in PAIRED else ()


@pytest.fixture
def body(site: Site) -> Path:
    """A file with a body of JSON."""
    path = site.directory / "body.json"
    path.write_text('{"event": {"text": "Zoë ✓"}}\n')
    return path


@pytest.mark.parametrize("name", [*PRESETS, *OTHERS, "ed25519", "public"])
def test_the_line_opens_the_hook(
    site: Site, capsys: pytest.CaptureFixture[str], body: Path, name: str
) -> None:
    for more in ((), ("--body", str(body), "--query", "a=b c&d", "--query", "e=ü")):
        line, _ = site.sign(capsys, name, *_key(name, site), *more)
        status, answer = site.send(line)
        assert (status, f"/run/{name}" in answer) == (200, True), (line, answer)


@pytest.mark.parametrize("name", READ)
def test_a_body_is_written_as_the_hook_reads_it(
    site: Site, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    line, _ = site.sign(capsys, name)
    status, answer = site.send(line)
    assert (status, f"/run/{name}" in answer) == (200, True), (line, answer)
    assert "token" not in answer
    assert "passcode" not in answer


BODIES = {
    "binary": (b"\x00\xff\r\n", "application/octet-stream"),
    "at": (b"@/etc/hostname", "text/plain; charset=utf-8"),
    "quotes": (b'it\'s $HOME `id` "x" \\\n', "text/plain; charset=utf-8"),
    "form": (b"a=1&b=%20", "application/x-www-form-urlencoded"),
    "json": (b'{"a": "it\'s"}\n', "application/json"),
    "large": (b'"' + b"x" * 300_000 + b'"', "application/json"),
    "empty": (b"", "text/plain; charset=utf-8"),
}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("name", ["github", "twilio"])
def test_any_body_arrives_as_it_is(
    site: Site,
    workflow: Workflow,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: str,
) -> None:
    body, typed = BODIES[kind]
    file = site.directory / f"a body's file.{kind}"
    file.write_bytes(body)
    for source in (str(file), "-"):
        with file.open("rb") as stream:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
            line, _ = site.sign(capsys, name, "--body", source)
        workflow.received.clear()
        assert site.send(line)[0] == 200
        (received,) = workflow.received
        assert received.body == body
        assert not body or received.headers["content-type"] == typed


def test_the_newline_that_ends_the_file_of_a_form_is_not_sent(
    site: Site, workflow: Workflow, capsys: pytest.CaptureFixture[str]
) -> None:
    file = site.directory / "form"
    file.write_bytes(b"CityName=Paris&n=1\n")
    workflow.received.clear()
    assert site.send(site.sign(capsys, "twilio", "--body", str(file))[0])[0] == 200
    assert workflow.received[0].body == b"CityName=Paris&n=1"


def test_the_time_of_signing_is_written_where_the_sender_writes_it(
    site: Site, workflow: Workflow, capsys: pytest.CaptureFixture[str], body: Path
) -> None:
    workflow.received.clear()
    line, said = site.sign(capsys, "linear", "--body", str(body))
    assert "the signature is valid for 1m" in said
    assert site.send(line)[0] == 200
    received = workflow.received[0].json()
    assert received["event"] == {"text": "Zoë ✓"}
    assert abs(received["webhookTimestamp"] / 1000 - time.time()) < 60


def test_a_token_is_made_for_the_claims_that_the_hook_asks_for(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    line, said = site.sign(capsys, "shared")
    token = line.split("Bearer ")[1].split("'")[0]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 300
    assert (claims["scope"], claims["org"]) == ("deploy", {"id": 7})
    assert said == "gateway: the token is valid for 5 minutes\n"


def test_a_call_has_what_the_templates_of_the_hook_read(
    site: Site, workflow: Workflow, capsys: pytest.CaptureFixture[str]
) -> None:
    workflow.received.clear()
    line, _ = site.sign(capsys, "mapped")
    assert site.send(line)[0] == 200
    assert workflow.received[0].target == "/run/1"
    received = workflow.received[0].json()
    assert received == {"who": "example", "total": 1, "page": "example", "org": 7}


@pytest.mark.parametrize("name", [*PRESETS, *OTHERS, *READ, "ed25519", "public"])
def test_no_secret_is_printed(site: Site, capsys: pytest.CaptureFixture[str], name: str) -> None:
    line, said = site.sign(capsys, name, *_key(name, site))
    for file in [*(site.directory / "secrets").iterdir(), *map(site.directory.joinpath, KEYS)]:
        secret = file.read_text().strip()
        assert secret not in line + said
        assert "of-the-variable" not in line + said


def _refusal(capsys: pytest.CaptureFixture[str], site: Site, *arguments: str) -> str:
    file = site.directory / "hooks.d" / f"{arguments[0]}.yaml"
    hooks = file if file.exists() else file.parent
    common = ["--hooks", str(hooks), "--secrets", str(site.directory)]
    status, line, said = called(capsys, "sign", *arguments, *common)
    assert (status, line) == (2, "")
    return said


def test_what_is_missing_is_said(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("github", "shared"):
        said = _refusal(capsys, site, name)
        path = site.directory / name
        assert said == (
            f"gateway: secret '{name}' is missing (write its value into {path}). "
            "To sign with the key in a file, add --key FILE\n"
        )
    said = _refusal(capsys, site, "shopfy")
    assert "contains no valid hook named 'shopfy'" in said
    assert "did you mean 'shopify'?" in said
    assert "; to list the hooks, run: gateway routes " in _refusal(capsys, site, "zzz")
    (site.directory / "hooks.d" / "broken.yaml").write_text("name: broken\nmetod: POST\n")
    assert "; to list the errors, run: gateway validate " in _refusal(capsys, site, "zzz")
    assert "cannot read nowhere.json" in _refusal(capsys, site, "github", "--body", "nowhere.json")
    assert "secret 'nothing' is missing" in _refusal(capsys, site, "github", "--key", "nothing")


@pytest.mark.parametrize("name", sorted(PAIRED))
def test_a_public_key_signs_nothing_and_that_is_said(
    site: Site, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    directory = str(site.directory / "secrets")
    said = _refusal(capsys, site, name, "--key", f"{directory}/{name}")
    assert "public key" in said
    assert "To sign with the key in a file, add --key FILE" in said


def test_a_body_without_a_place_for_the_time_is_refused(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    file = site.directory / "list.json"
    for text in ("[]", "3", "no JSON"):
        file.write_text(text)
        said = _refusal(
            capsys, site, "linear", "--body", str(file), "--key", str(site.directory / "whsk")
        )
        assert "at /webhookTimestamp, but this body does not have it" in said


def test_a_digest_cannot_be_turned_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    hooks = tmp_path / "hooks.yaml"
    hooks.write_text(
        f"name: a\nauthentication: {{type: bearer, tokens: [{{sha256: {DIGEST}}}]}}\n"
        "workflow: http://127.0.0.1:9000/run/a\nenabled: false\n"
    )
    status, line, said = called(capsys, "sign", "a", "--hooks", str(hooks))
    assert status == 0
    assert line == ('curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/hooks/a\n')
    assert "the hook has only a digest of this credential: set TOKEN to the credential" in said
    assert "the hook is disabled and answers 404" in said
    _, line, said = called(capsys, "sign", "a", "--hooks", str(hooks), "--key", "my token")
    assert line.startswith("curl -H \"Authorization: Bearer $(cat 'my token')\"")
    assert "digest" not in said


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--url", "foo"),
        ("--url", "ftp://example.com"),
        ("--url", "http://example.com?a=b"),
        ("--query", "a"),
        ("--query", "=b"),
    ],
)
def test_an_address_or_a_parameter_that_nobody_could_call_is_refused(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    status, line, said = called(capsys, "sign", "a", option, value)
    assert (status, line) == (2, "")
    assert value in said
    assert "such as" in said


def test_the_command_alone_is_what_a_shell_runs(site: Site) -> None:
    """Through a pipe, as `gateway dev` shows it."""
    hooks, secrets = site.directory / "hooks.d", site.directory / "secrets"
    common = f"--hooks {hooks} --secrets {secrets} --url {site.server.url}"
    command = f"{sys.executable} -m gateway sign stripe {common} | sh"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    assert json.loads(done.stdout)["workflow"] == "/run/stripe"
    assert done.stderr.startswith(b"gateway: the signature is valid for 5m\n")

"""A gateway whose hooks ask for a token, a signature and a password, all for the same body."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from secrets import token_urlsafe

from benchmarks import verify, workflow
from benchmarks.peers.gateway import COMMAND, PEER
from benchmarks.processes import Launch, Running, running, until_it_works
from benchmarks.scenario import Scenario, Site, bearer_post
from gateway.runtime import scrypt
from tests.support.ports import free_port

SIZE = 10 * 1024
CONNECTIONS = 32
USER = "paris"
HOOKS = """\
name: bearer
method: POST
match: {{body: {{CityName: Paris}}}}
authentication: {{type: bearer, tokens: [{{sha256: {sha256}}}]}}
workflow: {workflow}
---
name: github
method: POST
match: {{body: {{CityName: Paris}}}}
authentication: {{type: signature, scheme: github, secrets: [{{secret: github}}]}}
workflow: {workflow}
---
name: basic
method: POST
match: {{body: {{CityName: Paris}}}}
authentication: {{type: basic, users: [{{username: {user}, password: {{scrypt: "{scrypt}"}}}}]}}
workflow: {workflow}
"""


class Ground:
    """A running gateway, and a scenario for each of its hooks.

    A token and a signature are sent to both of their hooks, so that the requests are of one size.
    """

    def __init__(self, server: Running, site: Site, password: str) -> None:
        self.server = server
        self.port = site.port
        self.bearer = replace(site.scenario, path="/hooks/bearer")
        self.github = replace(site.scenario, path="/hooks/github")
        credentials = b64encode(f"{USER}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"}
        self.basic = replace(site.scenario, path="/hooks/basic", extra_headers=headers)


def signed_post() -> Scenario:
    """A POST of 10 KiB with a bearer token and with GitHub's signature, both new in every run."""
    plain = bearer_post(CONNECTIONS, SIZE)
    mac = hmac.digest(plain.token.encode(), plain.body, "sha256").hex()
    return replace(plain, extra_headers={"X-Hub-Signature-256": f"sha256={mac}"})


@contextmanager
def ground(workdir: Path) -> Iterator[Ground]:
    """The workflow endpoint and a gateway that answers each of the three scenarios."""
    scenario, password = signed_post(), token_urlsafe(16)
    place = Site(_made(workdir / "workflow"), free_port(), 0, scenario)
    site = Site(_made(workdir / "gateway"), free_port(), place.port, scenario)
    with ExitStack() as servers:
        endpoint = workflow.launch(place)
        server = servers.enter_context(running("workflow endpoint", endpoint, place.workdir))
        until_it_works(lambda: workflow.check(place.port, scenario), server)
        launch = _launch(site, password)
        server = servers.enter_context(running("gateway", launch, site.workdir))
        found = Ground(server, site, password)
        for one in (found.bearer, found.github, found.basic):
            until_it_works(partial(verify.answers, PEER, site.port, one), server)
        yield found


def _launch(site: Site, password: str) -> Launch:
    hooks, secrets = _made(site.workdir / "hooks.d"), _made(site.workdir / "secrets")
    (secrets / "github").write_text(site.scenario.token)
    (hooks / "hooks.yaml").write_text(
        HOOKS.format(
            sha256=site.scenario.token_sha256,
            scrypt=scrypt.make(password.encode()),
            user=USER,
            workflow=site.workflow_url,
        )
    )
    argv = [
        *(str(COMMAND), "serve", str(hooks), "--port", str(site.port)),
        *("--secrets", str(secrets), "--pre-drain", "0s"),
        # Guessers are told apart by the address that a proxy on this machine would tell.
        *("--trusted-proxies", "127.0.0.1/32"),
    ]
    return Launch(argv)


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory

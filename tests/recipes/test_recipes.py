"""Each recipe takes what its sender sends, and calls its engine as that documents."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from gateway.language.read import read_source
from gateway.language.source import Source
from tests.recipes.engines import TOKEN, Engines, engines
from tests.recipes.pages import DIRECTORY, PAGES, calling, hook_of
from tests.recipes.senders import BODIES, SECRET, Sender, showing, signing
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.polling import until

FORM = "application/x-www-form-urlencoded"
OF_ENGINES = ("github-token", "airflow-token", "argo-token", "jenkins-token", "n8n-key",
              "windmill-token", "rundeck-token")  # fmt: skip
OF_SENDERS = ("github-webhook", "pagerduty-webhook", "gitlab-token", "typeform-webhook",
              "stripe-endpoint", "slack-signing", "sns-password", "alertmanager-token")  # fmt: skip


class Recipe(NamedTuple):
    """What is sent to the hook of a page, what its engine receives, what the caller is answered."""

    hook: str
    sender: Sender
    body: str
    data: Any
    answer: Any
    status: int = 200


PUBLIC = "contact-form"
"""The hook that anyone may call."""


def _report(hook: str, status: int) -> dict[str, Any]:
    return {"status": "succeeded", "hook": hook, "workflow": {"status_code": status}}


_SHA = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
_ALARM = (
    "Threshold Crossed: 1 datapoint [81.2 (02/05/12 00:49:00)] was greater than the threshold "
    "(80.0)."
)
RECIPES = {
    "github-actions": Recipe(
        "release-dispatch",
        signing("github"),
        "github-release.json",
        {
            "event_type": "upstream-release",
            "client_payload": {"repository": "Codertocat/Hello-World", "tag": "0.0.1"},
        },
        None,
    ),
    "airflow": Recipe(
        "incident-dag",
        signing("pagerduty"),
        "pagerduty-priority.json",
        {
            "dag_run_id": "pagerduty__01BWDWL3NYY7LUFPZCC28QUCMK",
            "logical_date": None,
            "conf": {"incident": "PGR0VU2", "title": "A little bump in the road", "priority": "P1"},
        },
        {"dag_run_id": "pagerduty__01BWDWL3NYY7LUFPZCC28QUCMK", "state": "queued"},
    ),
    "argo-workflows": Recipe(
        "push-workflow",
        signing("github"),
        "github-push.json",
        {"repository": "Codertocat/Hello-World", "revision": _SHA, "branch": "master"},
        _report("push-workflow", 200),
    ),
    "jenkins": Recipe(
        "jenkins-build",
        showing("X-Gitlab-Token", SECRET),
        "gitlab-push.json",
        {
            "REVISION": "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
            "BRANCH": "master",
            "PROJECT": "mike/diaspora",
        },
        _report("jenkins-build", 201),
    ),
    "n8n": Recipe(
        "typeform-lead",
        signing("typeform"),
        "typeform-response.json",
        {
            "form": "lT4Z3j",
            "response": "a3a12ec67a1365927098a606107fac15",
            "submitted": "2018-01-18T18:17:02Z",
            "answers": [
                {
                    "type": "email",
                    "email": "laura@example.com",
                    "field": {"id": "SMEUb7VJz92Q", "type": "email", "ref": "readable_ref_email"},
                },
                {"type": "number", "number": 10, "field": {"id": "KoJxDM3c6x8h", "type": "number"}},
            ],
        },
        _report("typeform-lead", 200),
    ),
    "windmill": Recipe(
        "invoice-paid",
        signing("stripe"),
        "stripe-invoice.json",
        {
            "invoice": "in_1MtHbELkdIwHu7ixl4OzzPMv",
            "customer": "cus_NeZwdNtLEOXuvB",
            "amount": 2000,
        },
        _report("invoice-paid", 201),
    ),
    "slack-buttons": Recipe(
        "slack-approve",
        signing("slack", FORM),
        "slack-click.form",
        {"ref": "main", "inputs": {"version": "v1.4.2", "approved_by": "UA8RXUSPL"}},
        None,
    ),
    "slack-command": Recipe(
        "slack-deploy",
        signing("slack", FORM),
        "slack-command.form",
        {
            "VERSION": "v1.4.2",
            "REQUESTED_BY": "Steve",
            "RESPONSE_URL": "https://hooks.slack.com/commands/1234/5678",
        },
        {"response_type": "in_channel", "text": "Deploying v1.4.2 for Steve."},
    ),
    "website-form": Recipe(
        PUBLIC,
        showing("Origin", "https://www.example.com", FORM),
        "contact.form",
        {
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "message": "Hello\r\nthere",
            "newsletter": True,
        },
        None,
        303,
    ),
    "sns": Recipe(
        "cloudwatch-alarm",
        showing(
            "Authorization",
            f"Basic {b64encode(f'sns:{SECRET}'.encode()).decode()}",
            "text/plain; charset=UTF-8",
        ),
        "sns-alarm.json",
        {"alarm": "cpu", "reason": _ALARM, "region": "US West (Oregon)"},
        _report("cloudwatch-alarm", 201),
    ),
    "alertmanager": Recipe(
        "repair",
        showing("Authorization", f"Bearer {SECRET}"),
        "alertmanager.json",
        {
            "options": {
                "instance": "https://server.example.org",
                "alert": "ProbeFailure",
                "summary": "BlackBox Probe Failure: https://server.example.org",
            }
        },
        {"id": 1, "status": "running"},
    ),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Engines]:
    with engines() as listening:
        yield listening


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, running: Engines) -> Iterator[Gateway]:
    """One gateway with the hooks of all recipes."""
    hooks = {f"{name}.yaml": calling(hook_of(page), running.url) for name, page in PAGES.items()}
    kept = {**dict.fromkeys(OF_ENGINES, TOKEN), **dict.fromkeys(OF_SENDERS, SECRET)}
    with gateway(tmp_path_factory.mktemp("recipes"), hooks, secrets=kept) as started:
        yield started


@pytest.fixture
def calls(running: Engines) -> Engines:
    running.taken.clear()
    running.refused.clear()
    return running


def _sent(server: Gateway, recipe: Recipe, headers: dict[str, str]) -> httpx.Response:
    body = (BODIES / recipe.body).read_bytes()
    return server.request("POST", f"/hooks/{recipe.hook}", content=body, headers=headers)


def test_each_page_is_tried() -> None:
    assert PAGES.keys() == RECIPES.keys()


def test_the_index_has_each_recipe() -> None:
    index = (DIRECTORY / "README.md").read_text()
    assert [name for name in PAGES if f"]({name}.md)" not in index] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_recipe_has_no_findings(name: str) -> None:
    assert read_source(Source(f"{name}.yaml", hook_of(PAGES[name]).encode())).diagnostics == ()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_tries_its_own_hook_and_names_its_secrets(name: str) -> None:
    page, hook = PAGES[name].read_text(), hook_of(PAGES[name])
    assert f"gateway sign {RECIPES[name].hook} " in page
    for secret in re.findall(r"secret: ([a-z0-9-]+)}", hook):
        assert f"| `{secret}` |" in page


@pytest.mark.parametrize("name", RECIPES)
def test_an_engine_takes_what_is_made_of_a_senders_request(
    server: Gateway, calls: Engines, name: str
) -> None:
    recipe = RECIPES[name]
    answer = _sent(server, recipe, recipe.sender((BODIES / recipe.body).read_bytes()))
    assert calls.refused == []
    assert answer.status_code == recipe.status, answer.text
    assert [call.data for call in calls.taken] == [recipe.data]
    if recipe.answer is None:
        assert answer.content == b""
    else:
        _holds(recipe.answer, answer.json())


def _holds(expected: dict[str, Any], found: dict[str, Any]) -> None:
    for key, value in expected.items():
        if isinstance(value, dict):
            _holds(value, found[key])
        else:
            assert found[key] == value


@pytest.mark.parametrize("name", [name for name, one in RECIPES.items() if one.hook != PUBLIC])
def test_nothing_is_called_for_a_stranger(server: Gateway, calls: Engines, name: str) -> None:
    recipe = RECIPES[name]
    headers = recipe.sender((BODIES / recipe.body).read_bytes())
    kept = {key: value for key, value in headers.items() if key.lower() == "content-type"}
    assert _sent(server, recipe, kept).status_code == 401
    assert (calls.taken, calls.refused) == ([], [])


def test_a_browser_is_sent_to_the_page_that_says_thanks(server: Gateway, calls: Engines) -> None:
    recipe = RECIPES["website-form"]
    answer = _sent(server, recipe, recipe.sender(b""))
    assert answer.headers["location"] == "https://www.example.com/thanks"
    assert answer.headers["access-control-allow-origin"] == "https://www.example.com"


def test_a_robot_that_fills_in_every_field_calls_nothing(server: Gateway, calls: Engines) -> None:
    body = (BODIES / "contact.form").read_bytes() + b"http://spam.example"
    headers = RECIPES["website-form"].sender(body)
    answer = server.request("POST", f"/hooks/{PUBLIC}", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["access-control-allow-origin"] == "https://www.example.com"
    assert calls.taken == []


def test_slack_is_told_with_200_that_jenkins_refused(server: Gateway, calls: Engines) -> None:
    recipe = RECIPES["slack-command"]
    secret = server.log.parent / "secrets" / "jenkins-token"
    secret.write_text("another")
    assert server.operate("POST", "/-/reload", headers=ADMIN).status_code == 200
    try:
        until(lambda: _refused(server, recipe, calls))
        answer = _sent(server, recipe, recipe.sender((BODIES / recipe.body).read_bytes()))
        assert answer.status_code == 200
        text = "That did not work: the workflow answered 401."
        assert answer.json() == {"text": text}
    finally:
        secret.write_text(TOKEN)
        server.operate("POST", "/-/reload", headers=ADMIN)


def _refused(server: Gateway, recipe: Recipe, calls: Engines) -> bool:
    _sent(server, recipe, recipe.sender((BODIES / recipe.body).read_bytes()))
    return bool(calls.refused)

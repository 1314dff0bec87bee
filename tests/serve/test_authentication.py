"""Who may call: any credential of the list opens a hook, and nothing else does."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.serve.site import TOKEN
from tests.support.gateway import ADMIN, Gateway
from tests.support.raw import exchange, request
from tests.support.workflow import Received


@pytest.mark.parametrize("token", [TOKEN, "token-two", "token-three"])
def test_any_token_of_the_list_opens_the_hook(server: Gateway, token: str) -> None:
    headers = {"Authorization": f"bearer {token}"}
    assert server.request("POST", "/hooks/bearer", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "value", [b"Bearer wrong", b"Bearer ", b"Bearer", b"Bearer old", b"Bearer \xff", b"", b" "]
)
def test_any_other_token_is_401_with_a_constant_answer(
    server: Gateway, seen: list[Received], value: bytes
) -> None:
    answer = exchange(server.port, request(b"/hooks/bearer", b"Authorization: " + value))
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="bearer"')
    assert b'"This hook requires valid Bearer credentials."' in answer.body
    assert not seen


@pytest.mark.parametrize("value", [f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} {TOKEN}"])
def test_a_token_must_stand_alone_behind_its_scheme(server: Gateway, value: str) -> None:
    answer = server.request("POST", "/hooks/bearer", headers={"Authorization": value})
    assert answer.status_code == 401


def test_a_missing_credential_is_401(server: Gateway) -> None:
    assert server.request("POST", "/hooks/bearer").status_code == 401
    assert server.request("POST", "/hooks/basic").status_code == 401


def test_two_authorization_headers_are_refused(server: Gateway) -> None:
    both = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer x")]
    assert server.request("POST", "/hooks/bearer", headers=both).status_code == 400


@pytest.mark.parametrize("user", [("paris", "s3cret"), ("rome", "pa:ss")])
def test_any_user_of_the_list_opens_the_hook(server: Gateway, user: tuple[str, str]) -> None:
    assert server.request("POST", "/hooks/basic", auth=user).status_code == 200


@pytest.mark.parametrize(
    "user", [("paris", "pa:ss"), ("rome", "s3cret"), ("rome", ""), ("nobody", "pa:ss"), ("", "")]
)
def test_any_other_user_is_401(server: Gateway, user: tuple[str, str]) -> None:
    answer = server.request("POST", "/hooks/basic", auth=user)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="basic", charset="UTF-8"'


@pytest.mark.parametrize(
    "value", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer cGFyaXM6eA=="]
)
def test_broken_basic_credentials_are_401(server: Gateway, value: str) -> None:
    answer = server.request("POST", "/hooks/basic", headers={"Authorization": value})
    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["missing", "empty"])
@pytest.mark.parametrize(
    "value", [b"", b"Bearer ", b"Bearer", b"Bearer x", b"Basic " + b64encode(b":")]
)
def test_a_hook_without_its_secret_is_out_of_service_and_never_open(
    server: Gateway, seen: list[Received], name: str, value: bytes
) -> None:
    path = b"/hooks/" + name.encode()
    for headers in ([], [b"Authorization: " + value]):
        answer = exchange(server.port, request(path, *headers))
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
    assert not seen


def test_status_says_which_reference_is_missing(server: Gateway) -> None:
    status = server.request("GET", "/-/status", headers=ADMIN).json()
    problems = {hook["name"]: hook["problems"] for hook in status["hooks"] if hook["problems"]}
    assert problems == {
        "missing": ["secret 'not-there' is missing"],
        "empty": ["secret 'empty' is empty"],
        "unfit-secret": [
            "secret 'unfit' cannot be used: it contains control characters, "
            "which no header can carry"
        ],
    }
    ready = server.request("GET", "/-/readyz").json()
    assert ready["out_of_service"] == 3


def test_credentials_come_before_the_body_and_the_rules(server: Gateway) -> None:
    answer = server.request(
        "POST", "/hooks/bearer", content=b"{broken", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 401

"""A rotated secret is in force within moments, without a new generation."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.reload.hooks import hook
from tests.reload.site import Site, eventually, site
from tests.reload.volumes import Volume
from tests.support.gateway import ADMIN_TOKEN, gateway
from tests.support.workflow import Workflow

FIRST, SECOND, THIRD = (secrets.token_urlsafe(32) for _ in range(3))
ODD = "a secret is probably wrong"
GUARDED = """\
name: guarded
authentication:
  type: bearer
  tokens: [{{secret: new-token}}, {{secret: old-token}}]
workflow: {url}/run/guarded-1
"""


def call(served: Site, token: str) -> int:
    return served.client.get(
        "/hooks/guarded", headers={"Authorization": f"Bearer {token}"}
    ).status_code


def state(served: Site) -> str:
    """The hook's state in the worker that happens to answer."""
    return served.states()["guarded"]


def test_a_secret_is_rotated_as_kubelet_does_without_a_new_generation(
    tmp_path: Path, workflow: Workflow
) -> None:
    volume = Volume(tmp_path / "mounted")
    volume.write({"admin": ADMIN_TOKEN, "old-token": FIRST, "new-token": SECOND})
    arguments = ("--secrets", str(volume.directory), "--workers", "2")
    with site(tmp_path, workflow, *arguments, ready=False) as served:
        (served.root / "guarded.yaml").write_text(GUARDED.format(url=workflow.url))
        eventually(lambda: call(served, FIRST) == 200)
        number = served.settled()

        volume.write({"admin": ADMIN_TOKEN, "old-token": SECOND, "new-token": THIRD})
        eventually(lambda: {call(served, THIRD) for _ in range(10)} == {200})
        eventually(lambda: {call(served, FIRST) for _ in range(10)} <= {401, 429})
        assert {call(served, SECOND) for _ in range(10)} == {200}

        volume.write({"admin": ADMIN_TOKEN, "new-token": THIRD})
        eventually(lambda: {state(served) for _ in range(10)} == {"out of service"})
        assert call(served, THIRD) == 503
        (told,) = served.status()["hooks"]
        assert told["problems"] == ["secret 'old-token' is missing"]
        assert served.client.get("/-/readyz").json()["out_of_service"] == 1

        volume.write({"admin": ADMIN_TOKEN, "new-token": THIRD, "old-token": THIRD})
        eventually(lambda: {call(served, THIRD) for _ in range(10)} == {200})
        assert served.status()["generation"] == number
        changed = served.gateway.lines("secrets changed")
        assert changed[0]["secrets"] == ["secret 'new-token'", "secret 'old-token'"]
        (lost,) = served.gateway.lines("hook is out of service")
        assert (lost["hook"], lost["reason"]) == ("guarded", "secret 'old-token' is missing")
        assert lost["hint"] == f"write its value into {volume.directory}/old-token"
        assert len(served.gateway.lines("hook is back in service")) == 1
        assert THIRD not in served.gateway.output()


def test_a_secret_that_is_probably_wrong_is_told_once_and_after_each_rotation(
    tmp_path: Path, workflow: Workflow
) -> None:
    volume = Volume(tmp_path / "mounted")
    volume.write({"admin": ADMIN_TOKEN, "old-token": FIRST, "new-token": f'"{SECOND}"\n'})
    arguments = ("--secrets", str(volume.directory), "--workers", "2")
    hooks = {name: GUARDED.replace("guarded", name) for name in ("guarded", "other")}
    with site(tmp_path, workflow, *arguments, ready=False) as served:
        for name, text in hooks.items():
            (served.root / f"{name}.yaml").write_text(text.format(url=workflow.url))
        eventually(lambda: call(served, FIRST) == 200)
        served.settled()
        assert call(served, SECOND) == 401
        (told,) = eventually(lambda: served.gateway.lines(ODD))
        assert told["level"] == "warning"
        assert told["secret"] == "secret 'new-token'"
        assert told["reason"] == "secret 'new-token' is in quotes"
        where = f"correct its value in {volume.directory}/new-token"
        assert told["hint"] == f"the whole value is the secret: if that is not meant, {where}"

        volume.write({"admin": ADMIN_TOKEN, "old-token": FIRST, "new-token": f"'{THIRD}' "})
        _, again = eventually(lambda: served.gateway.lines(ODD), lambda found: len(found) == 2)
        assert again["reason"] == "secret 'new-token' starts or ends with a space or a line break"

        volume.write({"admin": ADMIN_TOKEN, "old-token": f"'{FIRST}'", "new-token": THIRD})
        *_, last = eventually(lambda: served.gateway.lines(ODD), lambda found: len(found) == 3)
        assert last["reason"] == "secret 'old-token' is in quotes"

        volume.write({"admin": ADMIN_TOKEN, "old-token": SECOND, "new-token": THIRD})
        eventually(lambda: {call(served, THIRD) for _ in range(10)} == {200})
        eventually(lambda: len(served.gateway.lines("secrets changed")) == 3)
        assert len(served.gateway.lines(ODD)) == 3
        assert not any(one in served.gateway.output() for one in (FIRST, SECOND, THIRD))


def test_without_secrets_each_hook_that_names_one_is_told_with_the_remedy(
    tmp_path: Path, workflow: Workflow
) -> None:
    text = GUARDED.format(url=workflow.url)
    hooks = {f"{name}.yaml": text.replace("guarded", name) for name in ("a", "b")}
    hooks["open.yaml"] = hook("open", workflow.url)
    with gateway(tmp_path, hooks, "--workers", "2", bare=True) as running:
        (serves,) = eventually(lambda: running.lines("generation is served"))
        assert (serves["hooks"], serves["out_of_service"]) == (3, 2)
        told = eventually(
            lambda: running.lines("hook is out of service"), lambda found: len(found) == 2
        )
        assert [line["hook"] for line in told] == ["a", "b"]
        for line in told:
            assert "'old-token' cannot be read: there is no secrets directory" in line["reason"]
            assert line["hint"] == "set the directory of secrets with --secrets DIR"
        ready = running.request("GET", "/-/readyz")
        assert (ready.status_code, ready.json()["out_of_service"]) == (200, 2)
        assert running.request("GET", "/hooks/a").status_code == 503

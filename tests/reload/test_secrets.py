"""A rotated secret is in force within moments, without a new generation."""

from __future__ import annotations

from pathlib import Path

from tests.reload.site import Site, eventually, site
from tests.reload.volumes import Volume
from tests.support.workflow import Workflow

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


def test_a_secret_is_rotated_as_kubelet_does_without_a_new_generation(
    tmp_path: Path, workflow: Workflow
) -> None:
    volume = Volume(tmp_path / "mounted")
    volume.write({"admin": "admin-token", "old-token": "first", "new-token": "second"})
    arguments = ("--secrets", str(volume.directory), "--workers", "2")
    with site(tmp_path, workflow, *arguments, ready=False) as served:
        (served.root / "guarded.yaml").write_text(GUARDED.format(url=workflow.url))
        eventually(lambda: call(served, "first") == 200)
        number = served.status()["generation"]

        volume.write({"admin": "admin-token", "old-token": "second", "new-token": "third"})
        eventually(lambda: {call(served, "third") for _ in range(10)} == {200})
        eventually(lambda: {call(served, "first") for _ in range(10)} == {401})
        assert {call(served, "second") for _ in range(10)} == {200}

        volume.write({"admin": "admin-token", "new-token": "third"})
        eventually(lambda: served.states()["guarded"] == "out of service")
        eventually(lambda: call(served, "third") == 503)
        (told,) = served.status()["hooks"]
        assert told["problems"] == ["secret 'old-token' is missing"]
        assert served.client.get("/-/readyz").json()["out_of_service"] == ["guarded"]

        volume.write({"admin": "admin-token", "new-token": "third", "old-token": "third"})
        eventually(lambda: {call(served, "third") for _ in range(10)} == {200})
        assert served.status()["generation"] == number
        changed = served.gateway.lines("secrets changed")
        assert changed[0]["secrets"] == ["secret 'new-token'", "secret 'old-token'"]
        assert "third" not in served.gateway.output()

"""What the image promises and the Containerfile says; `make image-test` builds and runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import __version__
from gateway.cli.serve import command as serve
from tests.deploy.containerfile import ROOT, all_of, exec_form, instructions, pairs, stages, the
from tests.deploy.manifests import KUBERNETES, environment, objects_in, pod_of
from tests.support.gateway import gateway
from tests.support.ports import free_port

GLOBAL, BUILD, LAST = stages(instructions((ROOT / "Containerfile").read_text()))
POD = pod_of([found for _, found in objects_in(KUBERNETES / "base")])
SCRIPT = ROOT / "deploy" / "image-test" / "run"


def test_both_stages_are_of_one_base_with_a_pinned_python() -> None:
    base = pairs(GLOBAL, "ARG")["BASE_IMAGE"]
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+", base)
    assert {the(stage, "FROM").split()[0] for stage in (BUILD, LAST)} == {"${BASE_IMAGE}"}


def test_everything_is_installed_from_the_lock() -> None:
    installs = [line for line in all_of(BUILD, "RUN") if "uv sync" in line]
    assert installs
    assert all("--frozen" in line for line in installs)
    (own,) = (line for line in all_of(BUILD, "RUN") if "uv build" in line)
    assert own.count("--offline") == own.count("uv ") == 2


def test_the_last_stage_installs_nothing() -> None:
    assert all_of(LAST, "RUN") == []
    assert all_of(LAST, "ADD") == []
    assert all(copy.startswith("--from=build --chown=") for copy in all_of(LAST, "COPY"))


def test_what_is_copied_passes_the_ignore_file_and_nothing_else_does() -> None:
    first, *rest = (ROOT / ".dockerignore").read_text().split("*\n", 1)[1].splitlines()
    allowed = {line.removeprefix("!") for line in (first, *rest) if line.startswith("!")}
    copied = {name for copy in all_of(BUILD, "COPY") for name in copy.split()[:-1]}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_it_runs_as_the_number_that_kubernetes_is_told() -> None:
    user, group = the(LAST, "USER").split(":")
    assert int(user) == POD["securityContext"]["runAsUser"] > 0
    assert int(group) == POD["securityContext"]["runAsGroup"] > 0
    owned = [copy for copy in all_of(LAST, "COPY") if f"--chown={user}:{group}" in copy]
    assert [copy.split()[-1] for copy in owned] == ["/var/lib"]


def test_its_settings_are_flags_and_those_of_the_deployment() -> None:
    variables = {
        name: value for name, value in pairs(LAST, "ENV").items() if name.startswith("GATEWAY_")
    }
    assert variables.keys() <= {f"GATEWAY_{parameter.name}".upper() for parameter in serve.params}
    assert variables.items() >= {
        (name, value) for name, value in environment(POD).items() if value.startswith("/")
    }
    (container,) = POD["containers"]
    ports = {port["name"]: str(port["containerPort"]) for port in container["ports"]}
    assert the(LAST, "EXPOSE").split() == list(ports.values())
    assert variables["GATEWAY_PORT"] == ports["http"]
    assert variables["GATEWAY_ADMIN_LISTEN"].rpartition(":")[2] == ports["admin"]


def test_the_command_is_the_gateway_without_a_shell_before_it() -> None:
    assert exec_form(the(LAST, "ENTRYPOINT")) == ["gateway"]
    (container,) = POD["containers"]
    assert exec_form(the(LAST, "CMD")) == container["args"] == ["serve"]


def test_the_labels_say_what_it_is() -> None:
    labels = {name.removeprefix("org.opencontainers.image.") for name in pairs(LAST, "LABEL")}
    assert labels == {"title", "description", "licenses", "version", "revision"}
    assert pairs(LAST, "ARG")["VERSION"] == __version__


def health_check(port: int) -> int:
    """Run the image's own check; its exit status."""
    _, *arguments = exec_form(the(LAST, "HEALTHCHECK"))
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "GATEWAY_ADMIN_LISTEN": f"0.0.0.0:{port}"},
        capture_output=True,
        check=False,
        timeout=30,
    ).returncode


def test_the_health_check_tells_a_gateway_that_serves_from_one_that_does_not(
    tmp_path: Path,
) -> None:
    hook = "name: a\nauthentication: none\nworkflow: http://127.0.0.1:9/\n"
    with gateway(tmp_path, {"a.yaml": hook}) as running:
        assert health_check(running.port) == 0
    assert health_check(free_port()) != 0


def test_what_the_image_leaves_out_is_never_imported() -> None:
    left_out = re.findall(r"--no-install-package (\S+)", " ".join(all_of(BUILD, "RUN")))
    assert left_out
    commands = "gateway.cli.serve, gateway.cli.starting"
    processes = "gateway.processes.serving, gateway.processes.worker.app"
    code = f"import sys, {commands}, {processes}; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'litestar'" in done.stdout
    assert not [name for name in left_out if f"'{name}'" in done.stdout]


def test_the_script_that_builds_it_is_sound() -> None:
    assert os.access(SCRIPT, os.X_OK)
    subprocess.run(["bash", "-n", str(SCRIPT)], check=True)
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run([shellcheck, SCRIPT], capture_output=True, text=True, check=False)
    assert done.stdout == ""

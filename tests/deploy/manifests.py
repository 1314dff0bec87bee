"""The manifests as files and as kustomize renders them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from tests.deploy import custom_resources

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
EXAMPLE = KUBERNETES / "overlays" / "example"
VERSIONS = ("1.29", kubernetes_validate.latest_version())
"""The oldest Kubernetes that the manifests promise to work with, and the newest."""

Manifest = dict[str, Any]


def documents(text: str) -> list[Any]:
    """The YAML documents of a text that are not empty."""
    found = yaml.load_all(text, Loader=yaml.CSafeLoader)
    return [document for document in found if document]


def objects_in(directory: Path) -> Iterator[tuple[Path, Manifest]]:
    """Every Kubernetes object of the files below a directory; no kustomization, patch or hook."""
    for path in sorted(directory.rglob("*.yaml")):
        for document in documents(path.read_text()):
            if not path.name.endswith(".patch.yaml") and is_object(document):
                yield path, document


def is_object(document: Any) -> bool:
    """Whether this is something that a cluster takes."""
    return isinstance(document, dict) and "kustomize.config" not in document.get(
        "apiVersion", "kustomize.config"
    )


def validate(manifest: Manifest) -> None:
    """Hold an object against Kubernetes' own schemas, or its makers'; unknown keys are errors."""
    _validate(json.dumps(manifest))


@cache
def _validate(text: str) -> None:
    """Once for each object: most are in everything that is rendered."""
    manifest: Manifest = json.loads(text)
    if custom_resources.is_custom(manifest):
        custom_resources.validate(manifest)
        return
    for version in VERSIONS:
        kubernetes_validate.validate(manifest, version, strict=True)


def kubectl() -> str:
    """The kubectl of the development environment, else the machine's."""
    own = Path(sys.executable).with_name("kubectl")
    found = str(own) if own.exists() else shutil.which("kubectl")
    if found is None:
        pytest.skip("kubectl is not installed")
    return found


def kustomize(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run `kubectl kustomize` on a directory."""
    return subprocess.run(
        [kubectl(), "kustomize", str(directory)],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        env={**os.environ, "KUBECONFIG": os.devnull},
    )


def render(directory: Path) -> list[Manifest]:
    """What `kubectl kustomize` makes of a directory; its error is the assertion's message."""
    done = kustomize(directory)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def write_overlay(directory: Path, more: str) -> None:
    """An overlay of the base, with more lines."""
    path = os.path.relpath(KUBERNETES / "base", directory)
    text = (
        f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [{path}]\n"
    )
    (directory / "kustomization.yaml").write_text(text + more)


def overlay(directory: Path, more: str) -> list[Manifest]:
    """Render an overlay of the base, written to a directory, with more lines."""
    write_overlay(directory, more)
    return render(directory)


def components(directory: Path, *names: str) -> str:
    """The line of an overlay in a directory that names components."""
    paths = [os.path.relpath(KUBERNETES / "components" / name, directory) for name in names]
    return f"components: {json.dumps(paths)}\n"


def with_components(directory: Path, *names: str) -> list[Manifest]:
    """The base with components."""
    return overlay(directory, components(directory, *names))


def one(manifests: list[Manifest], kind: str) -> Manifest:
    """The only object of a kind."""
    (found,) = (manifest for manifest in manifests if manifest["kind"] == kind)
    return found


def workload(manifests: list[Manifest]) -> Manifest:
    """What makes the gateway's pods."""
    kinds = ("Deployment", "StatefulSet")
    (found,) = (manifest for manifest in manifests if manifest["kind"] in kinds)
    return found


def pod_of(manifests: list[Manifest]) -> Manifest:
    """The specification of the gateway's pods."""
    pod: Manifest = workload(manifests)["spec"]["template"]["spec"]
    return pod


def environment(pod: Manifest) -> dict[str, str]:
    """The variables that the gateway's container is given."""
    (container,) = (one for one in pod["containers"] if one["name"] == "gateway")
    return {variable["name"]: variable["value"] for variable in container["env"]}

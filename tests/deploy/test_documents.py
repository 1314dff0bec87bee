"""What the pages on deploying print works as it is printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from gateway import __version__
from tests.deploy.manifests import (
    EXAMPLE,
    KUBERNETES,
    ROOT,
    Manifest,
    documents,
    environment,
    is_object,
    one,
    pod_of,
    render,
    validate,
    with_components,
    workload,
)

DOCS = ROOT / "docs"
PAGES = [DOCS / "kubernetes.md", DOCS / "container.md", *sorted((DOCS / "gitops").glob("*.md"))]
REMOTE = re.compile(r"https://git\.example\.com/platform/webhook-gateway//(\S+)\?ref=(\S+)")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language, those of lists without their indentation."""
    fenced = re.compile(rf"^( *)```{language}\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for _, block in fenced.findall(page.read_text())]


def all_blocks(language: str) -> list[object]:
    """Those of every page, as parameters of a test."""
    return [
        pytest.param(block, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, block in enumerate(blocks(page, language), 1)
    ]


def is_kustomization(block: str) -> bool:
    """Whether a block is a kustomization.yaml."""
    return "kustomize.config.k8s.io" in block


def environment_of(directory: Path, block: str) -> Path:
    """A directory with this kustomization.yaml and what it names: this repository's manifests in
    place of the remote ones, the namespace and the hooks of the example.
    """
    directory.mkdir(parents=True, exist_ok=True)
    local = os.path.relpath(ROOT, directory)
    text = REMOTE.sub(lambda found: f"{local}/{found[1]}", block)
    (directory / "kustomization.yaml").write_text(text)
    shutil.copy(EXAMPLE / "namespace.yaml", directory)
    (directory / "hooks.d").mkdir()
    shutil.copy(EXAMPLE / "hooks.d" / "orders.yaml", directory / "hooks.d")
    return directory


@pytest.mark.parametrize("block", all_blocks("yaml"))
def test_every_manifest_is_valid(block: str, tmp_path: Path) -> None:
    if is_kustomization(block):
        found = render(environment_of(tmp_path, block))
    else:
        found = documents(block)
        assert all(is_object(document) for document in found)
    assert found
    for manifest in found:
        validate(manifest)


@pytest.mark.parametrize("block", all_blocks("sh"))
def test_every_command_can_be_pasted_into_a_shell(block: str) -> None:
    done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def run(block: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a block as it is printed, with the commands of the development environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=directory,
        env={**os.environ, "PATH": path, "KUBECONFIG": os.devnull},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


@pytest.mark.parametrize("page", ["argo-cd", "flux", "git-sync"])
def test_each_recipe_checks_hooks_before_they_are_merged(page: str, tmp_path: Path) -> None:
    path = DOCS / "gitops" / f"{page}.md"
    (check,) = (block for block in blocks(path, "sh") if "gateway validate" in block)
    recipe = next(block for block in blocks(path, "yaml") if is_kustomization(block))
    webhooks = environment_of(tmp_path / "webhooks", recipe)
    directory = webhooks if page == "git-sync" else tmp_path
    assert run(check, directory).returncode == 0
    (webhooks / "hooks.d" / "orders.yaml").write_text("name: orders\nmetod: POST\n")
    broken = run(check, directory)
    assert (broken.returncode, "::error file=" in broken.stdout) == (1, True)


def test_a_hook_that_is_not_listed_is_found(tmp_path: Path) -> None:
    page = DOCS / "kubernetes.md"
    (check,) = (block for block in blocks(page, "sh") if "is not listed" in block)
    directory = shutil.copytree(EXAMPLE, tmp_path / "example")
    assert run(check, directory).returncode == 0
    (directory / "hooks.d" / "new.yaml").write_text("name: new\n")
    found = run(check, directory)
    assert (found.returncode, "hooks.d/new.yaml is not listed" in found.stdout) == (1, True)


def rendered(tmp_path: Path, page: str, word: str) -> list[Manifest]:
    """What the first kustomization with a word in it on a page makes."""
    found = (block for block in blocks(DOCS / page, "yaml") if is_kustomization(block))
    return render(environment_of(tmp_path, next(block for block in found if word in block)))


def test_the_rolling_restart_refuses_broken_hooks_under_a_new_name(tmp_path: Path) -> None:
    found = rendered(tmp_path, "kubernetes.md", "GATEWAY_STRICT")
    (gateway,) = pod_of(found)["containers"]
    assert {"name": "GATEWAY_STRICT", "value": "true"} in gateway["env"]
    assert re.fullmatch(
        r"webhook-gateway-hooks-[a-z0-9]+", one(found, "ConfigMap")["metadata"]["name"]
    )


def test_the_proxies_before_the_gateway_can_be_named(tmp_path: Path) -> None:
    found = rendered(tmp_path, "kubernetes.md", "GATEWAY_TRUSTED_PROXIES")
    (gateway,) = pod_of(found)["containers"]
    assert {"name": "GATEWAY_TRUSTED_PROXIES", "value": "10.244.0.0/16"} in gateway["env"]


def test_flux_leaves_the_templates_of_hooks_alone(tmp_path: Path) -> None:
    found = one(rendered(tmp_path, "gitops/flux.md", "configMapGenerator"), "ConfigMap")
    assert found["metadata"]["annotations"] == {
        "kustomize.toolkit.fluxcd.io/substitute": "disabled"
    }


def test_egress_to_the_git_server_replaces_the_rule_for_it(tmp_path: Path) -> None:
    spec = one(rendered(tmp_path, "gitops/git-sync.md", "/egress/"), "NetworkPolicy")["spec"]
    assert not any("0.0.0.0/0" in yaml.safe_dump(rule) for rule in spec["egress"])
    assert spec["egress"][2]["ports"] == [{"port": 443}]


def test_the_job_moves_runs_from_the_volume_to_the_database_of_the_pods(tmp_path: Path) -> None:
    (text,) = (block for block in blocks(DOCS / "kubernetes.md", "yaml") if "kind: Job" in block)
    (job,) = documents(text)
    pod, pods = job["spec"]["template"]["spec"], pod_of(with_components(tmp_path, "shared"))
    (move,) = pod["containers"]
    given, arguments = environment(pods), move["args"]
    assert arguments[:2] == ["runs", "move"]
    assert arguments[2:4] == [given["GATEWAY_STATE"], given["GATEWAY_STORE"]]
    assert set(arguments[4:]) == {
        f"--secrets={given['GATEWAY_SECRETS']}",
        f"--to-password={given['GATEWAY_STORE_PASSWORD']}",
        f"--to-ca={given['GATEWAY_STORE_CA']}",
    }
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    stateful = workload(with_components(tmp_path, "stateful"))
    (claim,) = stateful["spec"]["volumeClaimTemplates"]
    claimed = f"{claim['metadata']['name']}-{stateful['metadata']['name']}-0"
    assert volumes["state"]["persistentVolumeClaim"]["claimName"] == claimed
    (gateway,) = pods["containers"]
    assert pod["securityContext"] == pods["securityContext"]
    assert move["securityContext"] == gateway["securityContext"]
    labels = job["spec"]["template"]["metadata"]["labels"].items()
    assert (
        not one(with_components(tmp_path, "shared"), "Service")["spec"]["selector"].items()
        <= labels
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_lead_to_what_is_there(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)", text):
        path = (page.parent / target[0]).resolve() if target[0] else page
        assert path.exists(), target
        titles = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
        assert not target[1] or target[1] in anchors
    for found in REMOTE.finditer(text):
        assert (ROOT / found[1]).is_relative_to(KUBERNETES)
        assert found[2] == f"v{__version__}"
    assert set(re.findall(r"newTag: (\S+)", text)) <= {__version__}

"""What the manifests promise, held against the files and against all that is rendered of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway import __version__
from gateway.cli.serve import command as serve
from gateway.language.quantities import parse_duration, parse_size
from gateway.processes.serving import STORE_ENDS
from gateway.runs.postgres.address import parse
from tests.deploy.manifests import (
    EXAMPLE,
    KUBERNETES,
    ROOT,
    Manifest,
    components,
    environment,
    kustomize,
    objects_in,
    one,
    overlay,
    pod_of,
    render,
    validate,
    with_components,
    workload,
    write_overlay,
)

MARGIN = 10
"""Seconds for the processes to begin and to end."""
FILES = [pytest.param(found, id=str(path.name)) for path, found in objects_in(KUBERNETES)]


@pytest.mark.parametrize("manifest", FILES)
def test_each_manifest_is_valid_as_it_stands(manifest: Manifest) -> None:
    validate(manifest)


def test_what_is_rendered_is_valid(rendered: list[Manifest]) -> None:
    for manifest in rendered:
        validate(manifest)


def test_every_file_is_part_of_a_kustomization() -> None:
    listed: set[Path] = set()
    for path in KUBERNETES.rglob("kustomization.yaml"):
        listed |= {path, *(path.parent / name for name in files_of(path))}
    assert set(KUBERNETES.rglob("*.yaml")) == {path for path in listed if path.is_file()}


def files_of(path: Path) -> Iterator[str]:
    """The files that a kustomization names."""
    written: dict[str, Any] = yaml.safe_load(path.read_text())
    yield from written.get("resources", [])
    yield from (patch["path"] for patch in written.get("patches", []) if "path" in patch)
    for generator in written.get("configMapGenerator", []):
        yield from generator["files"]


def test_the_example_deploys_every_hook_that_it_holds() -> None:
    held = {path.name: path.read_text() for path in (EXAMPLE / "hooks.d").iterdir()}
    assert one(render(EXAMPLE), "ConfigMap")["data"] == held


def test_selectors_find_the_pods(rendered: list[Manifest]) -> None:
    labels = workload(rendered)["spec"]["template"]["metadata"]["labels"].items()
    spread = pod_of(rendered).get("topologySpreadConstraints", [])
    selectors = [
        workload(rendered)["spec"]["selector"]["matchLabels"],
        one(rendered, "Service")["spec"]["selector"],
        one(rendered, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        one(rendered, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        *(constraint["labelSelector"]["matchLabels"] for constraint in spread),
    ]
    assert all(selector and selector.items() <= labels for selector in selectors)


def test_names_lead_to_what_is_there(rendered: list[Manifest]) -> None:
    there = {(one["kind"], one["metadata"]["name"]) for one in rendered}
    for scaler in (each for each in rendered if each["kind"] == "HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        assert (target["kind"], target["name"]) in there
    assert ("ServiceAccount", pod_of(rendered)["serviceAccountName"]) in there
    (path,) = one(rendered, "Ingress")["spec"]["rules"][0]["http"]["paths"]
    assert ("Service", path["backend"]["service"]["name"]) in there
    named = {port["name"] for one in pod_of(rendered)["containers"] for port in one["ports"]}
    ports = {port["name"]: port for port in one(rendered, "Service")["spec"]["ports"]}
    assert path["backend"]["service"]["port"]["name"] in ports
    assert {port["targetPort"] for port in ports.values()} <= named


def test_the_service_monitor_finds_the_service(tmp_path: Path) -> None:
    rendered = with_components(tmp_path, "servicemonitor")
    service, monitor = one(rendered, "Service"), one(rendered, "ServiceMonitor")["spec"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    (endpoint,) = monitor["endpoints"]
    (port,) = (one for one in service["spec"]["ports"] if one["name"] == endpoint["port"])
    assert port["targetPort"] == "admin"
    opened = [rule["ports"] for rule in one(rendered, "NetworkPolicy")["spec"]["ingress"]]
    assert [{"port": "admin"}] in opened


def test_the_alerts_are_the_same_for_both_kinds_of_prometheus(tmp_path: Path) -> None:
    plain = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text())
    rendered = with_components(tmp_path, "servicemonitor")
    assert one(rendered, "PrometheusRule")["spec"] == plain


def test_operators_paths_have_a_port_that_no_ingress_leads_to(rendered: list[Manifest]) -> None:
    (gateway,) = (one for one in pod_of(rendered)["containers"] if one["name"] == "gateway")
    admin = {port["name"]: port["containerPort"] for port in gateway["ports"]}["admin"]
    assert environment(pod_of(rendered))["GATEWAY_ADMIN_LISTEN"].endswith(f":{admin}")
    (path,) = one(rendered, "Ingress")["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["port"]["name"] != "admin"
    for kind in ("startup", "liveness", "readiness"):
        assert gateway[f"{kind}Probe"]["httpGet"]["port"] == "admin"


def test_every_variable_is_a_flag_and_every_directory_is_mounted(
    rendered: list[Manifest],
) -> None:
    pod = pod_of(rendered)
    flags = {f"GATEWAY_{parameter.name}".upper() for parameter in serve.params}
    assert environment(pod).keys() <= flags
    (gateway,) = (one for one in pod["containers"] if one["name"] == "gateway")
    mounted = [mount["mountPath"] for mount in gateway["volumeMounts"]]
    for name in ("GATEWAY_HOOKS", "GATEWAY_SECRETS", "GATEWAY_STATE"):
        directory = environment(pod)[name]
        assert any(directory == place or directory.startswith(place + "/") for place in mounted)
    claims = workload(rendered)["spec"].get("volumeClaimTemplates", [])
    assert {mount["name"] for mount in gateway["volumeMounts"]} <= {
        *(volume["name"] for volume in pod["volumes"]),
        *(claim["metadata"]["name"] for claim in claims),
    }


def test_services_of_the_namespace_set_no_variables(rendered: list[Manifest]) -> None:
    assert pod_of(rendered)["enableServiceLinks"] is False


def test_a_pod_may_drain_before_it_is_killed(rendered: list[Manifest]) -> None:
    pod = pod_of(rendered)
    given = environment(pod)
    drain = parse_duration(given["GATEWAY_PRE_DRAIN"]) + parse_duration(given["GATEWAY_DRAIN"])
    # Without durable hooks, no store ends after the workers.
    store = STORE_ENDS if workload(rendered)["kind"] == "StatefulSet" else 0
    assert pod["terminationGracePeriodSeconds"] >= drain + store + MARGIN
    assert not any("lifecycle" in container for container in pod["containers"])


def test_probes_ask_for_life_and_for_readiness(rendered: list[Manifest]) -> None:
    (gateway,) = (one for one in pod_of(rendered)["containers"] if one["name"] == "gateway")
    paths = {
        kind: gateway[f"{kind}Probe"]["httpGet"]["path"]
        for kind in ("startup", "liveness", "readiness")
    }
    assert paths == {"startup": "/-/livez", "liveness": "/-/livez", "readiness": "/-/readyz"}


def test_the_autoscaler_owns_the_number_of_pods(rendered: list[Manifest]) -> None:
    assert one(rendered, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    if workload(rendered)["kind"] == "StatefulSet":
        return
    assert "replicas" not in one(rendered, "Deployment")["spec"]
    assert one(rendered, "HorizontalPodAutoscaler")["spec"]["minReplicas"] >= 2


def test_runs_have_one_pod_with_a_volume_that_outlives_it(tmp_path: Path) -> None:
    rendered = with_components(tmp_path, "git-sync", "stateful")
    spec = workload(rendered)["spec"]
    assert workload(rendered)["kind"] == "StatefulSet"
    assert spec["replicas"] == 1
    assert spec["serviceName"] == one(rendered, "Service")["metadata"]["name"]
    assert not [one for one in rendered if one["kind"] == "HorizontalPodAutoscaler"]
    assert "state" not in {volume["name"] for volume in pod_of(rendered)["volumes"]}
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == "state"
    size = parse_size(claim["spec"]["resources"]["requests"]["storage"].replace("Gi", "GiB"))
    assert parse_size(environment(pod_of(rendered))["GATEWAY_STORE_SIZE"]) * 2 <= size


def test_pods_that_share_runs_reach_the_database_with_its_own_secrets(tmp_path: Path) -> None:
    rendered = with_components(tmp_path, "git-sync", "shared")
    pod = pod_of(rendered)
    given = environment(pod)
    assert parse(given["GATEWAY_STORE"], given["GATEWAY_STORE_CA"]).mode == "verify-full"
    assert _files(pod, "secrets") == [given["GATEWAY_STORE_PASSWORD"]]
    assert _files(pod, "store-ca") == ["ca.crt"], "the key of the authority stays where it is"
    assert one(rendered, "HorizontalPodAutoscaler")["spec"]["maxReplicas"] > 1


@pytest.mark.parametrize("names", [("stateful", "shared"), ("shared", "stateful")])
def test_runs_on_a_volume_and_in_a_database_are_refused_together(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    write_overlay(tmp_path, components(tmp_path, *names))
    done = kustomize(tmp_path)
    assert done.returncode != 0
    assert "either-stateful-or-shared" in done.stderr


def test_what_refuses_components_is_never_applied(rendered: list[Manifest]) -> None:
    assert "either-stateful-or-shared" not in {one["metadata"]["name"] for one in rendered}


def _files(pod: Manifest, volume: str) -> list[str]:
    """What a volume takes of Secrets by name."""
    (found,) = (one for one in pod["volumes"] if one["name"] == volume)
    assert "secret" not in found
    sources = [source["secret"] for source in found["projected"]["sources"]]
    return [item["path"] for source in sources for item in source.get("items", [])]


def test_the_example_is_of_this_version() -> None:
    (gateway,) = pod_of(render(EXAMPLE))["containers"]
    assert gateway["image"].endswith(f"/webhook-gateway:{__version__}")


def config_map(directory: Path, content: str, options: str = "") -> tuple[str, str]:
    """The ConfigMap's name, and the name that the pods mount, for a hook of this content."""
    (directory / "a.yaml").write_text(content)
    rendered = overlay(
        directory,
        "configMapGenerator:\n- name: webhook-gateway-hooks\n  files: [a.yaml]\n" + options,
    )
    mounted = [
        one["configMap"]["name"] for one in pod_of(rendered)["volumes"] if "configMap" in one
    ]
    return one(rendered, "ConfigMap")["metadata"]["name"], mounted[0]


def test_a_name_with_a_suffix_restarts_the_pods_and_one_without_reloads(tmp_path: Path) -> None:
    first, mounted = config_map(tmp_path, "name: a")
    assert first == mounted
    assert config_map(tmp_path, "name: b") != (first, mounted)
    hot = "  options: {disableNameSuffixHash: true}\n"
    assert {*config_map(tmp_path, "name: a", hot), *config_map(tmp_path, "name: b", hot)} == {
        "webhook-gateway-hooks"
    }


def test_git_sync_brings_the_hooks_and_no_config_map_does(tmp_path: Path) -> None:
    pod = pod_of(with_components(tmp_path, "git-sync"))
    (sidecar,) = pod["initContainers"]
    assert sidecar["restartPolicy"] == "Always"
    assert sidecar["startupProbe"]
    assert not any("configMap" in volume for volume in pod["volumes"])
    arguments = dict(argument.split("=", 1) for argument in sidecar["args"])
    link = f"{arguments['--root']}/{arguments['--link']}"
    assert environment(pod)["GATEWAY_HOOKS"] == f"{link}/hooks.d"

"""What nobody may do with the manifests as they are."""

from __future__ import annotations

from tests.deploy.manifests import EXAMPLE, Manifest, one, pod_of, render


def test_the_ingress_exposes_hooks_and_nothing_else(rendered: list[Manifest]) -> None:
    spec = one(rendered, "Ingress")["spec"]
    assert "defaultBackend" not in spec
    paths = [path for rule in spec["rules"] for path in rule["http"]["paths"]]
    assert [(path["path"], path["pathType"]) for path in paths] == [("/hooks", "Prefix")]
    assert all(rule["host"] in spec["tls"][0]["hosts"] for rule in spec["rules"])


def test_no_container_has_rights_that_it_does_not_need(rendered: list[Manifest]) -> None:
    pod = pod_of(rendered)
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        context = pod["securityContext"] | container["securityContext"]
        assert context["runAsNonRoot"] is True
        assert min(context["runAsUser"], context["runAsGroup"]) > 0
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert "privileged" not in context
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert container["resources"]["limits"]["memory"]
        assert not any("hostPort" in port for port in container["ports"])


def test_no_pod_has_a_token_of_the_cluster(rendered: list[Manifest]) -> None:
    assert pod_of(rendered)["automountServiceAccountToken"] is False
    assert one(rendered, "ServiceAccount")["automountServiceAccountToken"] is False


def test_the_namespace_refuses_pods_with_more_rights() -> None:
    labels = one(render(EXAMPLE), "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_every_mount_can_be_updated(rendered: list[Manifest]) -> None:
    pod = pod_of(rendered)
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        for mount in container["volumeMounts"]:
            assert not {"subPath", "subPathExpr"} & set(mount)
    for volume in pod["volumes"]:
        assert "items" not in volume.get("configMap", volume.get("secret", {}))


def test_no_secret_is_a_variable_of_the_gateway(rendered: list[Manifest]) -> None:
    (gateway,) = (one for one in pod_of(rendered)["containers"] if one["name"] == "gateway")
    assert "envFrom" not in gateway
    assert not any("valueFrom" in variable for variable in gateway["env"])
    assert not any(manifest["kind"] == "Secret" for manifest in rendered)


def test_the_network_is_closed_but_for_named_namespaces(rendered: list[Manifest]) -> None:
    spec = one(rendered, "NetworkPolicy")["spec"]
    assert set(spec["policyTypes"]) == {"Ingress", "Egress"}
    peers = [peer for rule in spec["ingress"] for peer in rule["from"]]
    peers += [peer for rule in spec["egress"] for peer in rule["to"]]
    for peer in peers:
        if "ipBlock" in peer:
            assert "169.254.0.0/16" in peer["ipBlock"]["except"]
        else:
            # Pods alone are those of the same namespace.
            selector = peer.get("namespaceSelector") or peer["podSelector"]
            assert selector["matchLabels"]
    for rule in spec["ingress"]:
        (label,) = (
            label for one in rule["from"] for label in one["namespaceSelector"]["matchLabels"]
        )
        who = "monitoring" if rule["ports"] == [{"port": "admin"}] else "ingress"
        assert label == f"webhook-gateway/{who}"
        assert rule["ports"] in ([{"port": "http"}], [{"port": "admin"}])
    ports = [port["port"] for rule in spec["egress"] for port in rule.get("ports", [])]
    assert ports.count(53) == 2
